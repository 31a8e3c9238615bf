package explain

import (
	"strings"
	"syscall"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/target"
)

// own is a target with a script of its own.
func own(flags ...string) *target.Target {
	return &target.Target{Launch: target.Launch{Script: "launch.py", Flags: flags}}
}

func TestEveryDeathHasItsCause(t *testing.T) {
	begin := Event{Event: "begin", PID: 7, Main: 1}
	survived := []string{"Traceback (most recent call last):", `  File "serve.py", line 4, in run`, "ValueError: survived"}
	quit := append(survived, "", "Blender quit")
	raised := func(kind, function string, line int) Event {
		return Event{Event: "finalize", PID: 7, Uncaught: &Uncaught{Type: kind, Message: "m", Frames: []Frame{{"/a/serve.py", line, function}}}}
	}
	for _, one := range []struct {
		situation string
		f         Facts
		name      string
		says, not string
	}{
		{"the kernel wanted its memory", Facts{Exit: &harness.Exit{Signal: syscall.SIGKILL, OOM: true}}, "memory", "want of memory", "another process"},
		{"somebody killed it", Facts{Exit: &harness.Exit{Signal: syscall.SIGKILL}}, "signal", "another process sent it SIGKILL", ""},
		{"its own alarm", Facts{Exit: &harness.Exit{Signal: syscall.SIGALRM}}, "own-timer", "signal.alarm()", "another process"},
		{"a crash on another thread", Facts{Exit: &harness.Exit{Signal: syscall.SIGSEGV}, Events: []Event{begin}, CrashThread: 2,
			Crash: []Frame{{"/a/serve.py", 3, "work"}}}, "crash", "work() at serve.py:3, on another thread", ""},
		{"a crash on the main thread", Facts{Exit: &harness.Exit{Signal: syscall.SIGSEGV}, Events: []Event{begin}, CrashThread: 1,
			Crash: []Frame{{"/a/serve.py", 3, "work"}}}, "crash", "work() at serve.py:3", "thread"},
		{"SystemExit after an error that was survived", Facts{Exit: &harness.Exit{Code: 3}, Log: survived,
			Events: []Event{begin, {Event: "finalize", PID: 7}}}, "system-exit", "SystemExit with code 3", "survived"},
		{"sys.exit() without a code", Facts{Exit: &harness.Exit{}, Log: survived, Events: []Event{begin, {Event: "finalize", PID: 7}}}, "system-exit", "code 0", "came to its end"},
		{"a loop that served has ended", Facts{Served: true, Target: own(), Exit: &harness.Exit{}, Log: []string{"giving up", "", "Blender quit"},
			Events: []Event{begin, {Event: "finalize", PID: 7}}}, "loop-ended", "has ended; the last that it printed: giving up", "nothing keeps"},
		{"the script returned after an error that was survived", Facts{Exit: &harness.Exit{}, Log: quit,
			Events: []Event{begin, {Event: "finalize", PID: 7}}}, "returned", "came to its end", "survived"},
		{"a daemon thread was left alone", Facts{Exit: &harness.Exit{}, Log: quit, Events: []Event{begin, {Event: "finalize", PID: 7,
			Threads: []Thread{{Frame{"/a/serve.py", 9, "serve"}, "server", true}}}}}, "daemon-thread", `"server" (serve() at serve.py:9)`, "perhaps"},
		{"the script raised", Facts{Exit: &harness.Exit{}, Log: quit, Events: []Event{begin, raised("KeyError", "<module>", 5)}}, "uncaught", "KeyError: m at serve.py:5", "survived"},
		{"the script raised, and a code tells", Facts{Target: own("--python-exit-code", "7"), Exit: &harness.Exit{Code: 7}, Log: quit,
			Events: []Event{begin, raised("KeyError", "f", 5)}}, "uncaught", "Blender ends with code 7: KeyError: m in f() at serve.py:5", ""},
		{"no Python", Facts{Exit: &harness.Exit{}, Log: quit, Events: []Event{begin, raised("IndentationError", "", 2)}}, "syntax", "does not compile", "keeps it alive"},
		{"a module is not there", Facts{Exit: &harness.Exit{}, Log: quit, Events: []Event{begin, raised("ModuleNotFoundError", "<module>", 2)}}, "module", "serve.py:2", "keep"},
		{"a client's code left at once", Facts{Exit: &harness.Exit{}, Events: []Event{begin, {Event: "left", PID: 7,
			Frames: []Frame{{"<request>", 1, "<module>"}, {"/a/serve.py", 40, "execute"}}}}}, "os-exit", "a client sent calls os._exit(0) (line 1 of it, run by execute() at serve.py:40)", ""},
		{"a child that it forked left at once", Facts{Exit: &harness.Exit{}, Log: quit, Events: []Event{begin, {Event: "left", PID: 8},
			{Event: "finalize", PID: 7}}}, "returned", "came to its end", "_exit"},
		{"only the output tells", Facts{Exit: &harness.Exit{}, Log: survived}, "uncaught", "ValueError: survived", ""},
	} {
		if one.f.Target == nil {
			one.f.Target = own()
		}
		cause := Death(one.f)
		if cause.Name != one.name || !strings.Contains(cause.Text, one.says) || one.not != "" && strings.Contains(cause.Text+cause.Fix, one.not) {
			t.Errorf("%s: %s: %s\n%s", one.situation, cause.Name, cause.Text, cause.Fix)
		}
	}
}

func TestNoTwoCausesHaveOneName(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range deaths {
		if seen[r.name] {
			t.Errorf("two are called %s", r.name)
		}
		seen[r.name] = true
	}
}

func TestTheStackOfACrashIsRead(t *testing.T) {
	crashed := CrashStack("Fatal Python error: Segmentation fault\n\nThread 0x0000000000000002 (most recent call first):\n  File \"a.py\", line 1 in wait\n\n" +
		"Current thread 0x000000000000000a [MainThread] (most recent call first):\n  File \"b.py\", line 2 in crash\n  File \"b.py\", line 9 in <module>\n\nExtension modules: x\n")
	if crashed.Ident != 10 || len(crashed.Frames) != 2 || crashed.Frames[0].String() != "crash() at b.py:2" || crashed.Name != "MainThread" {
		t.Errorf("%+v", crashed)
	}
	if none := CrashStack("Current thread 0x01 (most recent call first):\n"); none.Ident != 0 {
		t.Errorf("a crash from nowhere: %+v", none)
	}
}
