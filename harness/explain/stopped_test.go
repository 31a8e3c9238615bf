package explain

import (
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAProcessThatHasBegunToEndIsNotToldToInstallAHandler(t *testing.T) {
	held := []Event{{Event: "finalize", Threads: []Thread{{Name: "updates", File: "/p/addons/mini_rpc.py", Line: 97, Function: "look"}}}}
	source := ReadText("mini_rpc.py", "signal.signal(signal.SIGTERM, stop)\nthreading.Thread(target=look).start()\n")
	for _, one := range []struct {
		situation string
		events    []Event
		how, want string
	}{
		{"a thread holds it after SIGTERM", held, "SIGTERM", `waits for a thread that is no daemon: "updates" (in look() at mini_rpc.py:97, started at mini_rpc.py:2)`},
		{"and after SIGINT", held, "SIGINT", `"updates"`},
		{"an exit function holds it", append(held, Event{Event: "atexit"}), "SIGTERM", "exit functions (atexit)"},
		{"the loop goes on", nil, "SIGTERM", "the handler (mini_rpc.py:1"},
		{"nobody has heard SIGINT", nil, "SIGINT", "no handler for SIGINT"},
	} {
		got := Ignored(Facts{Target: &target.Target{}, Events: one.events, Source: source}, one.how)
		if !strings.Contains(got, one.want) {
			t.Errorf("%s: %s, want %s", one.situation, got, one.want)
		}
	}
}

func TestAServiceThatGivesUpAndIsHeldByAThreadIsToldSo(t *testing.T) {
	f := Facts{Target: &target.Target{}, Events: []Event{{Event: "finalize", Threads: []Thread{{Name: "w", File: "a.py", Line: 3, Function: "work"}}}}}
	if cause, fix := Lingers(f, "alive and deaf"); !strings.Contains(cause, `"w" (in work() at a.py:3)`) || fix != FixThread {
		t.Errorf("%s; %s", cause, fix)
	}
	if cause, fix := Lingers(Facts{Target: &target.Target{}}, "alive and deaf"); cause != "alive and deaf" || fix != "" {
		t.Errorf("%s; %s", cause, fix)
	}
}
