package remedy

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

var (
	refusesReuse = regexp.MustCompile(`\b(reuse_address|allow_reuse_address)(\s*=\s*)False\b`)
	bindCall     = regexp.MustCompile(`^(\s*)([\w.]+)\.bind\(`)
)

// reuseAddress sets SO_REUSEADDR: where it is refused, or before the one bind().
func reuseAddress(t *target.Target, _ report.Result) (Remedy, bool) {
	var bound []Remedy
	for _, file := range sources(t) {
		lines, _ := read(file)
		for i, line := range lines {
			name := fmt.Sprintf("%s:%d", filepath.Base(file), i+1)
			if at := refusesReuse.FindStringSubmatch(line); at != nil {
				return Remedy{What: at[1] + "=True in " + name,
					edits: []edit{{file: file, line: i + 1, cut: 1, put: []string{refusesReuse.ReplaceAllString(line, "${1}${2}True")}}}}, true
			}
			if at := bindCall.FindStringSubmatch(line); at != nil && strings.Contains(strings.Join(lines, "\n"), "import socket") {
				bound = append(bound, Remedy{What: "SO_REUSEADDR before the bind() of " + name,
					edits: []edit{{file: file, line: i + 1, put: []string{at[1] + at[2] + ".setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)"}}}})
			}
		}
	}
	if len(bound) != 1 {
		return Remedy{}, false
	}
	return bound[0], true
}
