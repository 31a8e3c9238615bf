package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// located is a session on an add-on and a launch script that both hold a file
// or line of the same name; nothing is started.
func located(t *testing.T) (s *Session, folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range map[string]string{
		"my_addon/__init__.py": "import time\n\ndef register():\n    raise ValueError('no')\n",
		"my_addon/serve.py":    "import time\ntime.sleep(1)\n",
		"serve.py":             "import sys\nsys.exit(3)\n# eleven\n\n\n\n\n\n\n\nsys.exit(3)\n",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	under := &target.Target{Dir: folder, Addon: "my_addon", Module: "my_addon", Launch: target.Launch{Script: "serve.py"}}
	return view(under), folder
}

// view is a session that nothing was opened for.
func view(under *target.Target) *Session {
	return &Session{state: &state{target: under, facts: map[any]*made{}}}
}

func TestAFailedResultHasThePlacesThatItSpeaksOf(t *testing.T) {
	s, folder := located(t)
	in := func(name string, line int, text string) report.Place {
		return report.Place{File: filepath.Join(folder, filepath.FromSlash(name)), Line: line, Message: text}
	}
	copied := "/tmp/bg-1/profile/scripts/addons/my_addon/__init__.py"
	traceback := []string{
		"log: Traceback (most recent call last):",
		`log:   File "/usr/share/blender/scripts/modules/addon_utils.py", line 300, in enable`,
		fmt.Sprintf(`log:   File "%s", line 4, in register`, copied),
		"log:     raise ValueError('no')",
		"log: ValueError: no",
	}
	for _, one := range []struct {
		situation string
		result    report.Result
		want      []report.Place
	}{
		{"the script's line is cited", report.Result{Diagnosis: "the code comes from serve.py:2 `sys.exit(3)`"}, []report.Place{in("serve.py", 2, "sys.exit(3)")}},
		{"the add-on's file of the same name", report.Result{Diagnosis: "main thread in serve.py:2 `time.sleep(1)`, serve.py:2"},
			[]report.Place{in("my_addon/serve.py", 2, "time.sleep(1)"), in("serve.py", 2, "sys.exit(3)")}},
		{"a longer number and a longer path are not it", report.Result{Diagnosis: "serve.py:20 and other_serve.py:2"}, nil},
		{"a traceback that is quoted", report.Result{Diagnosis: "register() raised ValueError: no", Evidence: traceback}, []report.Place{in("my_addon/__init__.py", 4, "raise ValueError('no')")}},
		{"a traceback of something else", report.Result{Diagnosis: "it polls", Evidence: traceback}, nil},
		{"who wrote a file", report.Result{Diagnosis: "d", Evidence: []string{"~/x (at {dir}/profile/scripts/addons/my_addon/serve.py:2)"}}, []report.Place{in("my_addon/serve.py", 2, "time.sleep(1)")}},
		{"another add-on's file", report.Result{Diagnosis: "d", Evidence: []string{"~/x (at {dir}/profile/scripts/addons/other/serve.py:2)"}}, nil},
		{"a file that is none of ours", report.Result{Diagnosis: "d", Evidence: []string{"~/x (at /usr/lib/python3/os.py:2)"}}, nil},
	} {
		one.result.Verdict = report.Fail
		s.locate(&one.result)
		if fmt.Sprint(one.result.Places) != fmt.Sprint(one.want) {
			t.Errorf("%s: %v, want %v", one.situation, one.result.Places, one.want)
		}
	}
	passed := report.Result{Verdict: report.Pass, Seen: "serve.py:2"}
	if s.locate(&passed); passed.Places != nil {
		t.Errorf("a pass has places: %v", passed.Places)
	}
}

func TestTheNamesOfTheSyntaxTreesReaderAreFoundToo(t *testing.T) {
	s, folder := located(t)
	for _, name := range []string{"serve.py", "my_addon/serve.py"} {
		if p, ok := s.Place("my_addon/serve.py", 2, "time.sleep(1)"); !ok || p.File != filepath.Join(folder, "my_addon", "serve.py") {
			t.Errorf("%s: %v %v", name, p, ok)
		}
	}
	if p, ok := s.Place("my_addon/serve.py", 1, "not this"); ok {
		t.Errorf("a line that is not there is found: %v", p)
	}
}

func TestALineInAZipIsShownAtTheZip(t *testing.T) {
	s := view(&target.Target{Dir: "/x", Addon: "a.zip", Module: "a"})
	p, ok := s.Place("a/b.py", 7, "exec(code)")
	if !ok || filepath.Base(p.File) != "a.zip" || p.Line != 0 || p.Message != "a/b.py:7: exec(code)" {
		t.Errorf("%+v %v", p, ok)
	}
}
