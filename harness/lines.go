package harness

import (
	"bytes"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// splitLines cuts data into lines, without their ends, and tells how many bytes
// they used. A line longer than maxLine is cut into pieces of maxLine bytes. A
// last line without newline is left for later unless all is set. What is not
// UTF-8 becomes "?".
func splitLines(data []byte, all bool) (lines []string, used int) {
	for used < len(data) {
		rest := data[used:]
		n, skip := bytes.IndexByte(rest[:min(len(rest), maxLine+1)], '\n'), 1
		if n < 0 {
			switch {
			case len(rest) > maxLine:
				n, skip = maxLine, 0
			case all:
				n, skip = len(rest), 0
			default:
				return lines, used
			}
		}
		lines = append(lines, cleanLine(rest[:n]))
		used += n + skip
	}
	return lines, used
}

func cleanLine(line []byte) string {
	return strings.ToValidUTF8(string(bytes.TrimSuffix(line, []byte("\r"))), "?")
}

// lastLines is the end of data that holds its last n lines.
func lastLines(data []byte, n int) []byte {
	at := len(data)
	if at > 0 && data[at-1] == '\n' {
		at--
	}
	for ; n > 0 && at >= 0; n-- {
		at = bytes.LastIndexByte(data[:at], '\n')
	}
	return data[at+1:]
}

// clip shortens lines that would drown a message, and makes control characters in
// them harmless.
func clip(lines []string, width int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		line = plain.Clean(line)
		if len(line) > width {
			line = strings.ToValidUTF8(line[:width], "") + " [...]"
		}
		out[i] = line
	}
	return out
}
