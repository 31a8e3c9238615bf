package contract

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// scheduled is a session that starts nothing.
func scheduled(t *testing.T) *Session {
	t.Helper()
	s, err := Open(Config{Target: &target.Target{Name: "none"}, Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// watched notes which checks run at the same time.
type watched struct {
	mu      sync.Mutex
	running []string
	beside  map[string][]string // check to those that ran when it began or began while it ran
	meet    *sync.WaitGroup     // those with a name in own wait for one another
}

func (w *watched) check(name string, asks Lives) Check {
	return Check{Name: name, True: "it runs", Fix: "none", Asks: asks, Run: func(context.Context, *Session) report.Result {
		w.mu.Lock()
		for _, other := range w.running {
			w.beside[name] = append(w.beside[name], other)
			w.beside[other] = append(w.beside[other], name)
		}
		w.running = append(w.running, name)
		w.mu.Unlock()
		if asks == OwnLives && w.meet != nil {
			w.meet.Done()
			w.meet.Wait()
		}
		w.mu.Lock()
		w.running = slices.DeleteFunc(w.running, func(n string) bool { return n == name })
		w.mu.Unlock()
		return Passed("it ran")
	}}
}

func TestChecksOfTheirOwnLivesRunSideBySideAndQuietOnesAlone(t *testing.T) {
	var meet sync.WaitGroup
	meet.Add(3) // all three must run at once, or the test does not end
	w := &watched{beside: map[string][]string{}, meet: &meet}
	plan := Plan{Side: 4, Checks: []Check{
		w.check("start/a", SharedLife), w.check("alive/q", Quiet), w.check("idle/q", Quiet), w.check("echo/a", SharedLife),
		w.check("echo/b", SharedLife), w.check("stop/a", OwnLives), w.check("stop/b", OwnLives), w.check("stop/c", OwnLives), w.check("source/a", NoLife),
	}}
	var told []string
	plan.Notify = func(e Event) {
		if e.Result != nil {
			told = append(told, e.Check.Name)
		}
	}
	results := scheduled(t).RunAll(t.Context(), plan)
	var names []string
	for _, r := range results {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "start/a alive/q idle/q echo/a echo/b stop/a stop/b stop/c source/a" {
		t.Errorf("the results are not in the plan's order: %s", got)
	}
	if len(told) != len(plan.Checks) {
		t.Errorf("told of %v", told)
	}
	for _, quiet := range []string{"alive/q", "idle/q"} {
		if others := w.beside[quiet]; len(others) > 0 {
			t.Errorf("beside %s ran %v", quiet, others)
		}
	}
	if slices.Contains(w.beside["echo/a"], "echo/b") {
		t.Error("two checks asked the shared life at once")
	}
}

func TestChecksThatWaitForOneAnotherDoNotLockTheRun(t *testing.T) {
	base := Check{Name: "exec/base", True: "it works", Fix: "none", Run: func(context.Context, *Session) report.Result { return Failed("no", "because") }}
	needs := func(name string, asks Lives) Check {
		return Check{Name: name, True: "it works", Fix: "none", Asks: asks, Run: func(ctx context.Context, s *Session) report.Result {
			if result, stop := s.After(ctx, base, "the base is missing"); stop {
				return result
			}
			return Passed("it works")
		}}
	}
	for range 50 {
		results := scheduled(t).RunAll(t.Context(), Plan{Side: 8, Checks: []Check{
			needs("exec/a", SharedLife), needs("stop/a", OwnLives), needs("stop/b", OwnLives), needs("exec/b", SharedLife), needs("stop/c", OwnLives),
		}})
		if len(results) != 6 || results[5].Name != "exec/base" || results[5].Verdict != report.Fail {
			t.Fatalf("the failure behind the skips is not among the results: %+v", results)
		}
		for _, r := range results[:5] {
			if r.Verdict != report.Skip || !strings.Contains(r.Diagnosis, "see exec/base") {
				t.Errorf("%s: %s %s", r.Name, r.Verdict, r.Diagnosis)
			}
		}
	}
}

func TestAfterAFailureFailFastBeginsNothing(t *testing.T) {
	ran := 0
	count := func(verdict report.Verdict) func(context.Context, *Session) report.Result {
		return func(context.Context, *Session) report.Result {
			ran++
			return report.Result{Verdict: verdict, Fix: "none"}
		}
	}
	results := scheduled(t).RunAll(t.Context(), Plan{Side: 1, FailFast: true, Checks: []Check{
		{Name: "a/pass", Run: count(report.Pass)}, {Name: "a/fail", Run: count(report.Fail)}, {Name: "a/never", Run: count(report.Pass)},
	}})
	if ran != 3 || len(results) != 2 { // what fails is tried twice
		t.Errorf("%d ran, results %+v", ran, results)
	}
}

func TestAFactIsMadeOnceForAllThatAskAtOnce(t *testing.T) {
	made := 0
	fact := Fact[int]{Name: "number", Make: func(context.Context, *Session) (int, error) { made++; return 7, nil }}
	s := scheduled(t)
	if _, ok := fact.Known(t.Context(), s); ok {
		t.Error("it is known before anybody made it")
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if n, err := fact.Of(t.Context(), s); n != 7 || err != nil {
				t.Errorf("%d %v", n, err)
			}
		})
	}
	all.Wait()
	if n, ok := fact.Known(t.Context(), s); made != 1 || n != 7 || !ok {
		t.Errorf("made %d times, known %d %v", made, n, ok)
	}
}

func TestAFactThatWasCutShortIsMadeAgain(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	fact := Fact[int]{Name: "number", Make: func(context.Context, *Session) (int, error) { cancel(); return 0, context.Canceled }}
	s := scheduled(t)
	if _, err := fact.Of(ctx, s); err == nil {
		t.Error("no error")
	}
	fact.Make = func(context.Context, *Session) (int, error) { return 7, nil }
	if n, err := fact.Of(t.Context(), s); n != 7 || err != nil {
		t.Errorf("%d %v", n, err)
	}
}
