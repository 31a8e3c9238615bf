package checks

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestWhatGoesWrongAtTheStartOrTheEndIsReported(t *testing.T) {
	t.Parallel()
	const save = "def save():\n    bpy.ops.wm.save_mainfile()\n"
	for _, one := range []struct {
		situation, rule, source, lines string
	}{
		{"an exit function saves", "atexit", save + "atexit.register(save)\n", "[2]"},
		{"by way of another, registered by its decorator", "atexit", save + "@atexit.register\ndef end():\n    save()\n", "[2]"},
		{"an exit function that leaves Blender alone", "atexit", "def end():\n    bpy.app.version\n    server.close()\natexit.register(end)\n", "[]"},
		{"a function that nobody registers", "atexit", save, "[]"},
		{"one of two words", "background-flag", "import sys\nif '--background' in sys.argv:\n    pass\n", "[2]"},
		{"the other, by not in", "background-flag", "from sys import argv\nif '-b' not in argv:\n    pass\n", "[2]"},
		{"both words", "background-flag", "import sys\nif '-b' in sys.argv or '--background' in sys.argv:\n    pass\n", "[]"},
		{"beside the right question", "background-flag", "import sys\nif bpy.app.background or '-b' in sys.argv:\n    pass\n", "[]"},
		{"an option of the script's own", "background-flag", "import sys\nif '--port' in sys.argv:\n    pass\n", "[]"},
		{"register() waits for Enter", "stdin", "def register():\n    ask()\ndef ask():\n    input()\n", "[4]"},
		{"on a terminal alone", "stdin", "def register():\n    if sys.stdin.isatty():\n        input()\n", "[]"},
		{"when Python runs the file by itself", "stdin", "if __name__ == '__main__':\n    input()\n", "[]"},
		{"an operator", "stdin", "class A:\n    def execute(self):\n        input()\n", "[]"},
	} {
		if lines := linesOf(t, one.rule, one.source); lines != one.lines {
			t.Errorf("%s: lines %s, want %s\n%s", one.situation, lines, one.lines, one.source)
		}
	}
}

func TestOnlyTheAwaitedAnnouncementMustBeFlushed(t *testing.T) {
	t.Parallel()
	const source = `
def a(): print("listening on %s:%d" % (host, port))
def b(): print(f"listening on {host}:{port}")
def c(): print("listening on {}:{}".format(host, port))
def d(): print("listening on", "%s:%d" % address)
def e(): print("listening on %s:%d" % address, flush=True)
def f(): print("listening on %s:%d" % address, file=sys.stderr)
def g():
    print("listening on %s:%d" % address)
    sys.stdout.flush()
def h(): print("bye from %s:%d" % address)
`
	file := filepath.Join(t.TempDir(), "addon.py")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	lines := func(more ...string) string {
		var lines []int
		for _, found := range lintOf(t, append([]string{file}, more...)...) {
			if found.Rule == "flush" {
				lines = append(lines, found.Line)
			}
		}
		return fmt.Sprint(lines)
	}
	if got := lines("--announce", hex.EncodeToString([]byte(`listening on \S+:(\d+)`))); got != "[2 3 4 5]" {
		t.Errorf("lines %s, want [2 3 4 5]", got)
	}
	if got := lines(); got != "[]" {
		t.Errorf("nobody awaits it: lines %s", got)
	}
}
