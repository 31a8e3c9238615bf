package match

import (
	"fmt"
	"os"

	"github.com/bgcheck/bgcheck/harness"
)

// EndMatcher matches how Blender ended, or whether it has; BeAlive, HaveEnded,
// ExitWith, ExitCleanly, EndBySignal and LeaveNothingBehind make one.
type EndMatcher struct {
	name, wanted string
	// running is the verdict while Blender runs, judge the one after that.
	running bool
	judge   func(*harness.Exit) bool
	// unseen: an end that nobody saw is judged as well.
	unseen bool

	seen *subject
}

// BeAlive matches a *harness.Blender that has not ended. It says nothing about
// its service: a dead add-on is alive as well, see Answer. Use it with
// Consistently rather than with Eventually.
func BeAlive() *EndMatcher {
	return &EndMatcher{
		name: "BeAlive", wanted: "to be alive", running: true, unseen: true,
		judge: func(*harness.Exit) bool { return false },
	}
}

// HaveEnded matches a Blender that has ended, however that was.
func HaveEnded() *EndMatcher {
	return &EndMatcher{
		name: "HaveEnded", wanted: "to have ended", unseen: true,
		judge: func(*harness.Exit) bool { return true },
	}
}

// ExitWith matches an exit with code, not by a signal.
func ExitWith(code int) *EndMatcher {
	return &EndMatcher{
		name: "ExitWith", wanted: fmt.Sprintf("to exit with code %d", code),
		judge: func(e *harness.Exit) bool { return e.Signal == nil && e.Code == code },
	}
}

// ExitCleanly matches exit code 0 without a kill: not by a signal, and not
// after it had ignored the request to stop. What it left running does not
// count, see LeaveNothingBehind.
func ExitCleanly() *EndMatcher {
	return &EndMatcher{
		name: "ExitCleanly", wanted: "to exit with code 0, without being killed",
		judge: func(e *harness.Exit) bool { return e.Signal == nil && e.Code == 0 && !e.Escalated && !e.OOM },
	}
}

// EndBySignal matches a Blender that sig ended. One that caught sig and exited
// by itself does not match.
func EndBySignal(sig os.Signal) *EndMatcher {
	return &EndMatcher{
		name: "EndBySignal", wanted: fmt.Sprintf("to be ended by the signal %q", sig),
		judge: func(e *harness.Exit) bool { return e.Signal == sig },
	}
}

// LeaveNothingBehind matches a Blender that has ended and of whose descendants
// none ran on (those that did have been killed since).
func LeaveNothingBehind() *EndMatcher {
	return &EndMatcher{
		name: "LeaveNothingBehind", wanted: "to leave no process behind",
		judge: func(e *harness.Exit) bool { return len(e.Left) == 0 },
	}
}

// Match implements types.GomegaMatcher.
func (m *EndMatcher) Match(actual any) (bool, error) {
	m.seen = nil
	s, err := look(m.name, actual)
	if err != nil {
		return false, err
	}
	m.seen = &s
	if s.exit == nil {
		return m.running, nil
	}
	if !m.unseen {
		if err := s.unseen(m.name); err != nil {
			return false, err
		}
	}
	return m.judge(s.exit), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *EndMatcher) FailureMessage(actual any) string { return m.at(actual).message(m.wanted) }

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *EndMatcher) NegatedFailureMessage(actual any) string {
	return m.at(actual).message("not " + m.wanted)
}

// MatchMayChangeInTheFuture lets Eventually stop once Blender has ended. Gomega
// asks it before Match, so an end between the two is not missed.
func (m *EndMatcher) MatchMayChangeInTheFuture(actual any) bool { return mayChange(actual) }

// at is what Match saw.
func (m *EndMatcher) at(actual any) subject {
	if m.seen != nil {
		return *m.seen
	}
	s, _ := look(m.name, actual)
	return s
}
