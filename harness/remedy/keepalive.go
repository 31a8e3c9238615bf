package remedy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
	"github.com/bgcheck/bgcheck/pyaddon"
)

// asksStdin is a line whose call raises where standard input has ended.
var asksStdin = regexp.MustCompile(`^(\s*)(?:\w+\s*=\s*)?input\(.*\)\s*$`)

// keepAlive has our keep-alive run at the end of the author's script.
func keepAlive(t *target.Target, _ report.Result) (Remedy, bool) {
	if t.Launch.Script == "" {
		return Remedy{}, false
	}
	script := t.Resolve(t.Launch.Script)
	lines, ok := read(script)
	if !ok || strings.Contains(strings.Join(lines, "\n"), "keepalive") {
		return Remedy{}, false
	}
	one := Remedy{What: "keepalive.run() at the end of " + filepath.Base(script)}
	for i, line := range lines {
		if at := asksStdin.FindStringSubmatch(line); at != nil {
			one.edits = append(one.edits, edit{file: script, line: i + 1, cut: 1, put: []string{at[1] + "pass"}})
		}
	}
	one.edits = append(one.edits, edit{file: script, line: len(lines) + 1, put: []string{
		"", "import os", "import sys", "",
		"sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))",
		"import keepalive  # noqa: E402", "",
		"keepalive.run()",
	}})
	beside := filepath.Join(filepath.Dir(script), "keepalive.py")
	if _, err := os.Stat(beside); err != nil {
		text, err := fs.ReadFile(pyaddon.FS, "keepalive.py")
		if err != nil {
			return Remedy{}, false
		}
		one.edits = append(one.edits, edit{file: beside, made: true, put: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")})
	}
	return one, true
}
