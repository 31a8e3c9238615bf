package checks

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// read runs probes/source.py in plain Python on one file.
func read(t *testing.T, source string) []lint {
	t.Helper()
	file := filepath.Join(t.TempDir(), "addon.py")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return lintOf(t, file)
}

// lintOf is what probes/source.py finds in plain Python, called with arguments.
func lintOf(t *testing.T, arguments ...string) []lint {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 in PATH")
	}
	out := filepath.Join(t.TempDir(), "out.json")
	arguments = append([]string{filepath.Join("probes", "source.py"), "--", out}, arguments...)
	if text, err := exec.CommandContext(t.Context(), python, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var found []lint
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCodeThatTimersRunIsFoundByWayOfOtherFunctions(t *testing.T) {
	const through = `
def run(code):
    exec(code, {})

def turn():
    run(work.get())
    return turn_later() or 0.01

def turn_later():
    return turn and 0

def start():
    bpy.app.timers.register(turn, first_interval=0.01)
`
	const direct = "def turn():\n    exec(work.get())\n"
	for _, one := range []struct {
		situation, source string
		lines             []int
	}{
		{"through another function, which may call back", through, []int{13}},
		{"the file has another way for background mode", through + "if bpy.app.background:\n    serve()\n", nil},
		{"at once", direct + "bpy.app.timers.register(turn)\n", []int{3}},
		{"at once, the function asks for background mode",
			direct + "def start():\n    if not bpy.app.background:\n        bpy.app.timers.register(turn)\n", nil},
		{"by way of another, though the file tells of background mode",
			through + "if bpy.app.background:\n    print('here')\nstart()\n", []int{13}},
		{"a method that a table names",
			"class S:\n    def turn(self):\n        table = {'code': self.run}\n        table[kind]()\n    def run(self):\n        exec(code)\n" +
				"    def go(self):\n        bpy.app.timers.register(self.turn)\n", []int{8}},
		{"our keepalive runs the timers", direct + "import keepalive\nbpy.app.timers.register(turn)\nkeepalive.run()\n", nil},
		{"our keepalive without timers", direct + "import keepalive\nbpy.app.timers.register(turn)\nkeepalive.run(timers=False)\n", []int{4}},
		{"a lambda", "bpy.app.timers.register(lambda: exec(code))\n", []int{1}},
		{"a timer that runs no code", "def turn():\n    print(1)\nbpy.app.timers.register(turn)\n", nil},
	} {
		var lines []int
		for _, found := range read(t, strings.TrimPrefix(one.source, "\n ")) {
			if found.Rule == "timer-exec" {
				lines = append(lines, found.Line)
			}
		}
		if fmt.Sprint(lines) != fmt.Sprint(one.lines) {
			t.Errorf("%s: lines %v, want %v", one.situation, lines, one.lines)
		}
	}
}
