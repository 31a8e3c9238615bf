package explain

import (
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAServiceThatAnswersUnannouncedIsTold(t *testing.T) {
	under := &target.Target{Service: target.Service{Announce: `listening on \S+:(\d+)`}, Budgets: target.Budgets{Ready: time.Second}}
	for _, one := range []struct{ situation, source, log, want string }{
		{"printed without flush", "print(\"listening on %s:%d\" % a)\n", "Blender 3.4.1", "a.py:1 `print(\"listening on %s:%d\" % a)` is printed without flush"},
		{"printed with flush, by nobody", "print(\"listening on %s:%d\" % a, flush=True)\n", "", "it prints none, or prints it without flush"},
		{"in other words", "", "serving at port 4711", "`serving at port 4711` says so, and service.announce"},
		{"another number", "", "job 47110", "it prints none"},
	} {
		_, why, fix := unannounced(Facts{Target: under, Source: ReadText("a.py", one.source), Log: []string{one.log}, Answers: "127.0.0.1:4711"})
		if !strings.Contains(why, one.want) || fix == "" {
			t.Errorf("%s: %s", one.situation, why)
		}
	}
}
