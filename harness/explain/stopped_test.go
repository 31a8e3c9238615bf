package explain

import (
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAProcessThatHasBegunToEndIsNotToldToInstallAHandler(t *testing.T) {
	held := []Event{{Event: "finalize", Threads: []Thread{{Name: "updates", Frame: Frame{"/p/addons/mini_rpc.py", 97, "look"}}}}}
	source := ReadText("mini_rpc.py", "signal.signal(signal.SIGTERM, stop)\nthreading.Thread(target=look).start()\n")
	for _, one := range []struct {
		situation string
		events    []Event
		how, want string
	}{
		{"a thread holds it after SIGTERM", held, "SIGTERM", `waits for a thread that is no daemon: "updates" (in look() at mini_rpc.py:97, perhaps started at mini_rpc.py:2)`},
		{"and after SIGINT", held, "SIGINT", `"updates"`},
		{"an exit function holds it", append(held, Event{Event: "atexit"}), "SIGTERM", "exit functions (atexit)"},
		{"the loop goes on", nil, "SIGTERM", "the handler for SIGTERM does not lead to the end of the keep-alive loop (perhaps at mini_rpc.py:1"},
		{"a handler was set", []Event{{Event: "handler", Signal: 15, Set: "stop", Frames: []Frame{{"/a/serve.py", 4, "main"}}}}, "SIGTERM",
			"the handler for SIGTERM (stop, set at serve.py:4) does not lead"},
		{"it is ignored", []Event{{Event: "handler", Signal: 15, Set: "ignore", Frames: []Frame{{"/a/serve.py", 4, "main"}}}}, "SIGTERM",
			"SIGTERM is ignored (ignore, set at serve.py:4)"},
		{"the witness saw no handler for SIGINT", []Event{{Event: "begin"}}, "SIGINT", "no handler for SIGINT is in place"},
		{"and one that is", []Event{{Event: "begin"}, {Event: "handler", Signal: 2, Set: "on_signal", Frames: []Frame{{"/a/serve.py", 5, "main"}}}}, "SIGINT",
			"the handler for SIGINT (on_signal, set at serve.py:5)"},
		{"nobody has heard SIGINT", nil, "SIGINT", "perhaps no handler for SIGINT"},
	} {
		got := Ignored(Facts{Target: &target.Target{}, Events: one.events, Source: source}, one.how)
		if !strings.Contains(got, one.want) {
			t.Errorf("%s: %s, want %s", one.situation, got, one.want)
		}
	}
}

func TestAServiceThatGivesUpAndIsHeldByAThreadIsToldSo(t *testing.T) {
	f := Facts{Target: &target.Target{}, Events: []Event{{Event: "finalize", Threads: []Thread{{Name: "w", Frame: Frame{"a.py", 3, "work"}}}}}}
	if cause, fix := Lingers(f, "alive and deaf"); !strings.Contains(cause, `"w" (in work() at a.py:3)`) || fix != FixThread {
		t.Errorf("%s; %s", cause, fix)
	}
	if cause, fix := Lingers(Facts{Target: &target.Target{}}, "alive and deaf"); cause != "alive and deaf" || fix != "" {
		t.Errorf("%s; %s", cause, fix)
	}
}

// TestWhatThePhotosEndedHadNotBegunToEnd: a signal ends signal.pause(), and the script
// behind it.
func TestWhatThePhotosEndedHadNotBegunToEnd(t *testing.T) {
	posed := time.Unix(1000, 0)
	for at, want := range map[float64]bool{999.5: true, 1000.5: false} {
		f := Facts{Posed: posed, Events: []Event{{Event: "finalize", Time: at}}}
		if got := f.Ending(); got != want {
			t.Errorf("it began to end at %v: %v; want %v", at, got, want)
		}
	}
}
