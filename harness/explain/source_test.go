package explain

import (
	"strings"
	"testing"
)

func TestALineExplainsOnlyWhatStandsInItsFile(t *testing.T) {
	found := append(
		ReadText("addon.py", "while self.running:\n    accept()\nif self.running:\n    pass\ntry:\n    pass\nexcept Exception as e:\n    exec(code)\nexcept Exception:\n    raise SystemExit(f'bye')\n"),
		ReadText("launch.py", "if not service.is_running():\n    sys.exit(1)\ntime.sleep(1)\nloop.exec(x)\n")...)
	for _, one := range []struct{ what, got, want string }{
		{"the loop of another file does not sleep", found.beside("sleep", "status").Cite("status"), "launch.py:1 `if not service.is_running():`"},
		{"a status that is asked for before anything begins ends no loop", found.with("status", "if self").Cite("status"), ""},
		{"what catches an error of client code stands behind exec", found.After("exec", "catch").Cite("catch"), "addon.py:9 `except Exception:`"},
		{"an exit with a text", found.Cite("exit-text"), "addon.py:10 `raise SystemExit(f'bye')`"},
		{"a timer behind a question for background mode is for windows",
			ReadText("a.py", "if bpy.app.background:\n    drain()\nelse:\n    bpy.app.timers.register(drain)\n").Cite("window-timer"), "a.py:4 `bpy.app.timers.register(drain)`"},
		{"and any other for all modes", ReadText("a.py", "bpy.app.timers.register(drain)\n").Cite("timer"), "a.py:1 `bpy.app.timers.register(drain)`"},
		{"a method called exec runs no code", found.with("exec", "loop").Cite("exec"), ""},
	} {
		if one.got != one.want {
			t.Errorf("%s: %q, want %q", one.what, one.got, one.want)
		}
	}
}

func TestAServiceThatRefusesBackgroundModeIsQuoted(t *testing.T) {
	for line, want := range map[string]bool{
		"MyServer: cannot start server in background mode (blender -b)": true,
		"viewport screenshots are not available in background mode":     true,
		"Blender mode: Background":                                      false,
		"running in background mode, press Ctrl+C to exit":              false,
	} {
		if refuses.MatchString(line) != want {
			t.Errorf("%q: %v", line, !want)
		}
	}
}

func TestTheScanReadsCodeAlone(t *testing.T) {
	found := ReadText("x.py", strings.Join([]string{
		`"""A text that names`,
		`time.sleep(1) and bpy.app.timers.register."""`,
		`# time.sleep(2)`,
		`note = "it's # no comment"; time.sleep(3)  # time.sleep(4)`,
		`bpy.app.timers.register(run)`,
	}, "\n"))
	if got := found.First("sleep"); got != "x.py:4" {
		t.Errorf("sleep found at %q", got)
	}
	if got := found.Cite("timer"); got != "x.py:5 `bpy.app.timers.register(run)`" {
		t.Errorf("timer found at %q", got)
	}
}
