package match

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/usage"
)

func TestVerdictsOnEnds(t *testing.T) {
	ends := map[string]*harness.Exit{
		"running": nil,
		"zero":    {},
		"three":   {Code: 3},
		"term":    {Code: -1, Signal: syscall.SIGTERM},
		"killed":  {Code: -1, Signal: os.Kill, Asked: true, Escalated: true},
		"late":    {Code: 0, Escalated: true},
		"left":    {Left: []usage.Proc{{PID: 7, Name: "sleep"}}},
	}
	for name, c := range map[string]struct {
		make func() *EndMatcher
		true map[string]bool
	}{
		"BeAlive":            {BeAlive, set("running")},
		"HaveEnded":          {HaveEnded, set("zero", "three", "term", "killed", "late", "left")},
		"ExitWith(3)":        {func() *EndMatcher { return ExitWith(3) }, set("three")},
		"ExitWith(0)":        {func() *EndMatcher { return ExitWith(0) }, set("zero", "late", "left")},
		"ExitWith(-1)":       {func() *EndMatcher { return ExitWith(-1) }, set()},
		"ExitCleanly":        {ExitCleanly, set("zero", "left")},
		"EndBySignal(TERM)":  {func() *EndMatcher { return EndBySignal(syscall.SIGTERM) }, set("term")},
		"EndBySignal(KILL)":  {func() *EndMatcher { return EndBySignal(syscall.SIGKILL) }, set("killed")},
		"LeaveNothingBehind": {LeaveNothingBehind, set("zero", "three", "term", "killed", "late")},
	} {
		for how, exit := range ends {
			for _, actual := range []any{exit, &fake{exit: exit}} {
				m := c.make()
				if got := judged(t, m, actual); got != c.true[how] {
					t.Errorf("%s of %s (%T): %v", name, how, actual, got)
				}
				if m.MatchMayChangeInTheFuture(actual) != (exit == nil) {
					t.Errorf("%s of %s (%T): waiting on is %v", name, how, actual, exit != nil)
				}
			}
		}
		refuses(t, c.make().name, c.make())
	}
}

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, name := range names {
		s[name] = true
	}
	return s
}

func TestEndNobodySawIsAnErrorAndNoVerdict(t *testing.T) {
	lost := &harness.Exit{Code: -1, Err: fmt.Errorf("%w: lost sight of it", harness.ErrMachine)}
	for _, m := range []*EndMatcher{ExitWith(0), ExitWith(-1), ExitCleanly(), EndBySignal(syscall.SIGTERM), LeaveNothingBehind()} {
		if ok, err := m.Match(lost); ok || !errors.Is(err, harness.ErrMachine) {
			t.Errorf("%s: %v, %v", m.name, ok, err)
		}
		if ok, err := m.Match(&harness.Exit{Code: -1}); ok || err == nil {
			t.Errorf("%s: %v, %v", m.name, ok, err)
		}
	}
	if !judged(t, HaveEnded(), lost) || judged(t, BeAlive(), lost) {
		t.Error("it has ended, however that was")
	}
}

func TestMessageHoldsExitCommandAndLog(t *testing.T) {
	b := &fake{exit: &harness.Exit{Code: 3, Took: time.Second, CrashFile: "/x/crash.txt"}, lines: []string{"a", "boom"}}
	m := ExitCleanly()
	judged(t, m, b)
	b.exit = nil // the message speaks of what was judged
	wants(t, m.FailureMessage(b), "Expected Blender to exit with code 0", "exit: exit code 3", "/x/crash.txt",
		"command: blender -b", "log: boom")
	wants(t, m.NegatedFailureMessage(b), "Expected Blender not to exit with code 0")
	m = LeaveNothingBehind()
	judged(t, m, &harness.Exit{Left: []usage.Proc{{PID: 7, Name: "sleep"}}, Tail: []string{"bye"}})
	wants(t, m.FailureMessage(nil), "7 sleep", "log: bye")
	m = BeAlive()
	judged(t, m, &fake{})
	wants(t, m.NegatedFailureMessage(nil), "not to be alive", "exit: still running")
}

func TestEventuallyWaitsForTheEndAndStopsAtAWrongOne(t *testing.T) {
	var failure string
	g := NewGomega(func(message string, _ ...int) { failure = message })
	b := &dying{after: 3, exit: &harness.Exit{Code: 3}}
	// Gomega looks twice each time: whether to go on, and at the verdict.
	g.Eventually(b).WithTimeout(time.Hour).WithPolling(time.Millisecond).Should(ExitWith(3))
	if failure != "" || b.looks != 4 {
		t.Errorf("%d looks: %s", b.looks, failure)
	}
	g.Eventually(b).WithTimeout(time.Hour).WithPolling(time.Millisecond).Should(ExitWith(0))
	if b.looks != 6 {
		t.Errorf("%d looks", b.looks)
	}
	wants(t, failure, "to exit with code 0", "exit code 3")
}

// dying has ended when it is looked at for the after-th time.
type dying struct {
	fake
	looks, after int
	exit         *harness.Exit
}

func (d *dying) Exit() *harness.Exit {
	if d.looks++; d.looks < d.after {
		return nil
	}
	return d.exit
}
