package remedy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// tree writes files into a folder of its own and gives a target of it.
func tree(t *testing.T, files map[string]string) *target.Target {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	under := &target.Target{Dir: filepath.Join(dir, "own"), Launch: target.Launch{Script: "launch.py"}}
	if _, err := os.Stat(filepath.Join(dir, "lib/addon")); err == nil {
		under.Addon = "../lib/addon"
	}
	return under
}

const long = "import one\n\n\ndef a():\n    pass\n\n\ndef b():\n    pass\n\n\n"

func TestAPatchIsWhatWasTried(t *testing.T) {
	for _, one := range []struct {
		situation, cause string
		files            map[string]string
		want             string // in the changed file
	}{
		{"a script that returns", "returned", map[string]string{"own/launch.py": long + "a()\n"}, "keepalive.run()"},
		{"a script that asks for Enter", "stdin", map[string]string{"own/launch.py": "a()\n" + long + long + "input('Enter')\nb()\n"}, "\npass\nb()"},
		{"a thread on one line", "thread-keeps", map[string]string{"own/launch.py": "threading.Thread(target=f(1), name='x').start()\n"},
			"threading.Thread(target=f(1), name='x', daemon=True).start()"},
		{"a thread on several", "thread-keeps", map[string]string{"own/launch.py": "pass\n", "lib/addon/__init__.py": long + "t = Thread(\n    target=f,\n)\n"},
			"    target=f,\ndaemon=True)"},
		{"reuse is refused", "time-wait", map[string]string{"own/launch.py": "serve(reuse_address=False)\n"}, "reuse_address=True"},
		{"nothing is said of reuse", "time-wait", map[string]string{"own/launch.py": "import socket\nif True:\n    s.bind(a)\n"},
			"    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n    s.bind(a)"},
	} {
		t.Run(one.situation, func(t *testing.T) {
			under := tree(t, one.files)
			found, ok := For(under, report.Result{Verdict: report.Fail, Cause: one.cause})
			if !ok {
				t.Fatal("no remedy")
			}
			copied := t.TempDir()
			changed, err := found.Try(under, copied)
			if err != nil {
				t.Fatal(err)
			}
			base, patch, err := found.Patch()
			if err != nil {
				t.Fatal(err)
			}
			file := found.edits[0].file
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			apply := exec.CommandContext(t.Context(), "git", "apply", "-")
			apply.Dir, apply.Stdin = base, strings.NewReader(patch)
			if said, err := apply.CombinedOutput(); err != nil {
				t.Fatalf("git apply: %v: %s\n%s", err, said, patch)
			}
			after, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(after), one.want) || string(before) == string(after) {
				t.Errorf("%s\n%s", found.What, after)
			}
			in := changed.Resolve(changed.Launch.Script)
			if changed.Addon != "" {
				in = filepath.Join(changed.Resolve(changed.Addon), "__init__.py")
			}
			if tried, err := os.ReadFile(in); err != nil || string(tried) != string(after) {
				t.Errorf("what was tried is another text: %v\n%s", err, tried)
			}
		})
	}
}

func TestWhatIsNotCertainIsNotOffered(t *testing.T) {
	two := "threading.Thread(target=a).start()\nthreading.Thread(target=b).start()\n"
	for situation, under := range map[string]*target.Target{
		"two threads":                  tree(t, map[string]string{"own/launch.py": two}),
		"a daemon already":             tree(t, map[string]string{"own/launch.py": "threading.Thread(target=a, daemon=True)\n"}),
		"a script with our keep-alive": tree(t, map[string]string{"own/launch.py": "import keepalive\n"}),
	} {
		cause := "thread-keeps"
		if strings.Contains(situation, "keep-alive") {
			cause = "returned"
		}
		if one, ok := For(under, report.Result{Verdict: report.Fail, Cause: cause}); ok {
			t.Errorf("%s: %s", situation, one.What)
		}
	}
	if _, ok := For(&target.Target{}, report.Result{Verdict: report.Fail, Cause: "memory"}); ok {
		t.Error("a remedy for a want of memory")
	}
}
