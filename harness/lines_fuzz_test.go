package harness

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzLines: lines hold every byte of a log once, and are text.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\n\nc"), 2)
	f.Add(bytes.Repeat([]byte("x"), 3*maxLine), 1)
	f.Add([]byte("\xff\x00\n"), 0)
	f.Fuzz(func(t *testing.T, log []byte, last int) {
		lines, used := splitLines(log, true)
		if used != len(log) {
			t.Errorf("%d of %d bytes were used", used, len(log))
		}
		for _, line := range lines {
			if !utf8.ValidString(line) || strings.Contains(line, "\n") || len(line) > maxLine {
				t.Errorf("no line: %.100q", line)
			}
		}
		if n := last % 100; n > 0 {
			if end, _ := splitLines(lastLines(log, n), true); len(log) > 0 && len(end) == 0 && len(lines) > 0 {
				t.Errorf("no last line of %d", len(lines))
			}
		}
		for _, line := range clip(lines, 100) {
			if len(line) > 120 && utf8.ValidString(line) && !strings.HasSuffix(line, "[...]") {
				t.Errorf("%q is not cut", line)
			}
		}
	})
}
