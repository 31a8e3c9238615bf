package remedy

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

var makesThread = regexp.MustCompile(`\b(?:threading\.)?Thread\(`)

// daemonThread makes the one thread that is none a daemon; where several are made,
// which of them it is to be is for the author to say.
func daemonThread(t *target.Target, _ report.Result) (Remedy, bool) {
	var found []Remedy
	for _, file := range sources(t) {
		lines, _ := read(file)
		for i, line := range lines {
			at := makesThread.FindStringIndex(line)
			if at == nil || strings.HasPrefix(strings.TrimSpace(line), "#") || strings.Contains(line, "class ") {
				continue
			}
			last, column, ok := closing(lines, i, at[1])
			if !ok || strings.Contains(strings.Join(lines[i:last+1], "\n"), "daemon") || last > i && !separated(lines[last-1], lines[last][:column]) {
				continue
			}
			found = append(found, Remedy{
				What: fmt.Sprintf("daemon=True for the thread of %s:%d", filepath.Base(file), i+1),
				edits: []edit{{file: file, line: last + 1, cut: 1,
					put: []string{strings.TrimRight(lines[last][:column], ", ") + comma(lines, i, last, column) + "daemon=True" + lines[last][column:]}}},
			})
		}
	}
	if len(found) != 1 {
		return Remedy{}, false
	}
	return found[0], true
}

// separated says whether another argument may stand on the line of the parenthesis.
func separated(line, before string) bool {
	line = strings.TrimSpace(line)
	return strings.TrimSpace(before) != "" || strings.HasSuffix(line, ",") || strings.HasSuffix(line, "(")
}

// comma stands before what is put behind the call's other arguments.
func comma(lines []string, first, last, column int) string {
	before := strings.TrimSpace(lines[last][:column])
	switch {
	case before == "" && last > first: // the parenthesis stands alone
		return strings.Repeat(" ", column)
	case strings.HasSuffix(before, "Thread("):
		return ""
	}
	return ", "
}

// closing is where the parenthesis that is open before lines[line][column] is closed.
// Texts that hold parentheses are not looked into.
func closing(lines []string, line, column int) (int, int, bool) {
	depth := 1
	for ; line < len(lines); line, column = line+1, 0 {
		for ; column < len(lines[line]); column++ {
			switch lines[line][column] {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return line, column, true
				}
			case '"', '\'', '#':
				if strings.ContainsAny(lines[line][column+1:], "()") && lines[line][column] == '#' {
					column = len(lines[line])
				}
			}
		}
	}
	return 0, 0, false
}
