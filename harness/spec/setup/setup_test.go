package setup

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/target"
)

// in makes a folder of files and goes there.
func in(t *testing.T, here string, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, here), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(root, here))
	for _, name := range []string{"BGCHECK_TARGET", "BGCHECK_OUT", "BGCHECK_BACKEND", "BGCHECK_BLENDER", "BGCHECK_ADDRESS", "BGCHECK_PID"} {
		t.Setenv(name, "")
	}
	return root
}

func resolve(t *testing.T, base string, args ...string) (Settings, error) {
	t.Helper()
	set := flag.NewFlagSet("test", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	flags := AddFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags.Resolve(base)
}

func TestFlagsWinOverTheEnvironmentAndThatOverDefaults(t *testing.T) {
	root := in(t, "pkg", map[string]string{"go.mod": "module example.com/x\n", "bgcheck.yaml": ""})
	s, err := resolve(t, root)
	if err != nil || s.Target != filepath.Join(root, "bgcheck.yaml") || s.Out != filepath.Join(root, "out") || s.Backend != "local" || s.Blender != "" {
		t.Errorf("defaults: %+v %v", s, err)
	}
	t.Setenv("BGCHECK_TARGET", "e.yaml")
	t.Setenv("BGCHECK_OUT", "e-out")
	t.Setenv("BGCHECK_BACKEND", "e-backend")
	t.Setenv("BGCHECK_BLENDER", "./e-blender")
	t.Setenv("BGCHECK_ADDRESS", "e:1")
	t.Setenv("BGCHECK_PID", "11")
	t.Setenv("BGCHECK_THOROUGH", "1")
	s, err = resolve(t, root)
	want := Settings{filepath.Join(root, "e.yaml"), filepath.Join(root, "e-out"), "e-backend", filepath.Join(root, "e-blender"), "e:1", 11, true, root}
	if err != nil || s != want {
		t.Errorf("environment: %+v %v, want %+v", s, err, want)
	}
	s, err = resolve(t, root, "-target=/f.yaml", "-out=f-out", "-backend=local", "-blender=blender-4", "-address=f:2", "-pid=22")
	want = Settings{"/f.yaml", filepath.Join(root, "f-out"), "local", "blender-4", "f:2", 22, true, root}
	if err != nil || s != want {
		t.Errorf("flags: %+v %v, want %+v", s, err, want)
	}
}

func TestTheDefaultTargetIsTheNearest(t *testing.T) {
	const own, other = "module " + ownModule + "\n", "module example.com/x // comment\n"
	for _, test := range []struct {
		name, here, want string
		files            map[string]string
	}{
		{"the suite's own", "a/b", "a/b/bgcheck.yaml", map[string]string{"go.mod": other, "a/b/bgcheck.yaml": "", "bgcheck.yaml": ""}},
		{"the module's", "a/b", "bgcheck.yaml", map[string]string{"go.mod": other, "bgcheck.yaml": ""}},
		{"never one above the module", "m/a", "", map[string]string{"m/go.mod": other, "bgcheck.yaml": ""}},
		{"the reference add-on in bgcheck itself", "suites/echo", "pyaddon/bgcheck.yaml", map[string]string{"go.mod": own, "pyaddon/bgcheck.yaml": ""}},
		{"no reference add-on in other modules", "suites/echo", "", map[string]string{"go.mod": other, "pyaddon/bgcheck.yaml": ""}},
		{"without a module", "a", "a/bgcheck.yaml", map[string]string{"a/bgcheck.yaml": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := in(t, test.here, test.files)
			s, err := resolve(t, root)
			if test.want == "" {
				if err == nil || len(Lines(err)) != 1 || !strings.Contains(err.Error(), "BGCHECK_TARGET") {
					t.Errorf("%+v %v", s, err)
				}
				return
			}
			if err != nil || s.Target != filepath.Join(root, test.want) {
				t.Errorf("%s %v, want %s", s.Target, err, test.want)
			}
		})
	}
}

func TestInvocationIsAFolder(t *testing.T) {
	if info, err := os.Stat(Invocation()); err != nil || !info.IsDir() {
		t.Errorf("%s: %v", Invocation(), err)
	}
}

type fake struct {
	harness.Backend
	err error
}

func (f fake) Info(context.Context) (harness.Info, error) {
	return harness.Info{Version: "9.9.9"}, f.err
}

func init() {
	RegisterBackend("broken", func(Settings) (harness.Backend, error) { return fake{err: errors.New("no engine")}, nil })
}

func TestPrepareTellsAllThatIsWrong(t *testing.T) {
	root := in(t, "", map[string]string{"go.mod": "module x\n", "bgcheck.yaml": "nonsense: 1\n"})
	_, err := Prepare(t.Context(), Settings{Target: filepath.Join(root, "missing.yaml"), Backend: "broken"})
	lines := Lines(err)
	if len(lines) != 2 || !strings.Contains(lines[0], "missing.yaml") || !strings.Contains(lines[0], "--target") || lines[1] != "no engine" {
		t.Errorf("%q", lines)
	}
	if line := Line(err); strings.Contains(line, "\n") || !strings.HasSuffix(line, "(and 1 more: bgcheck doctor)") {
		t.Errorf("%q", line)
	}
	_, err = Prepare(t.Context(), Settings{Target: filepath.Join(root, "bgcheck.yaml"), Backend: "lokal"})
	if text := strings.Join(Lines(err), "\n"); !strings.Contains(text, "nonsense") || !strings.Contains(text, `unknown backend "lokal"; one of: attach, broken, local, window`) {
		t.Errorf("%q", text)
	}
}

func TestABlenderThatTheTargetDoesNotSupportIsNamed(t *testing.T) {
	plan := &Plan{Target: &target.Target{Name: "x", Blender: []string{">=4.2"}}, Info: harness.Info{Version: "3.4.1"}}
	if got := plan.Unsupported(); got != "x supports Blender >=4.2, and this is 3.4.1: have it checked on one by --blender PATH, or, with Docker, by --backend container --blender 4.3" {
		t.Error(got)
	}
	plan.Info.Version = "5.2.2"
	if got := plan.Unsupported(); got != "" {
		t.Error(got)
	}
}

func TestAttachAsksForAnAddressAndTouchesNothing(t *testing.T) {
	_, err := NewBackend(Settings{Backend: "attach"})
	if err == nil || !strings.Contains(err.Error(), "-address=host:port") {
		t.Error(err)
	}
	s := Settings{Backend: "attach", Address: "127.0.0.1:1"}
	if b, err := NewBackend(s); err != nil || b.Name() != "attach" {
		t.Errorf("%v %v", b, err)
	}
	for check, judged := range map[string]bool{"stop/sigterm": false, "start/ready": false, "alive/restart": false, "exec/slow": false, "echo/round-trip": true, "idle/cpu": true} {
		if got := s.NotTried(check) == ""; got != judged {
			t.Errorf("%s is judged: %v", check, got)
		}
	}
	s.PID = os.Getpid()
	if why := s.NotTried("exec/slow"); (runtime.GOOS == "linux") != (why == "") {
		t.Errorf("exec on a Blender that sees our files is not judged: %s", why)
	}
	if s.Backend = "local"; s.NotTried("stop/sigterm") != "" {
		t.Error("a local Blender is the run's own")
	}
	s.Backend = "window"
	for check, judged := range map[string]bool{"stop/sigterm": true, "start/ready": true, "start/port-busy": false, "alive/stays": true, "exec/slow": true, "echo/round-trip": true, "idle/cpu": false, "tidy/cycle": false} {
		if got := s.NotTried(check) == ""; got != judged {
			t.Errorf("%s is judged in a window: %v", check, got)
		}
	}
}

func TestABackendIsRegisteredOnce(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second local backend was taken")
		}
	}()
	RegisterBackend("local", nil)
}

func TestShowIsShortOnlyBelowTheBase(t *testing.T) {
	s := Settings{Base: "/a/b"}
	for path, want := range map[string]string{"/a/b/out": "out", "/a/c": "/a/c", "/a/b": "."} {
		if got := s.Show(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
