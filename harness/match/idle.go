package match

import (
	"errors"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// WindowMatcher matches a measured window; IdleBelow and WakeBelow make one.
type WindowMatcher struct {
	name, wanted string
	judge        func(usage.Window) (bool, error)

	seen usage.Window
}

// IdleBelow matches a usage.Window (or usage.Span) in which less than share of
// one core was used: 0.02 is 2 %.
func IdleBelow(share float64) *WindowMatcher {
	return &WindowMatcher{
		name: "IdleBelow", wanted: fmt.Sprintf("to use less than %.3g %% of a core", 100*share),
		judge: func(w usage.Window) (bool, error) { return w.CPU < share, nil },
	}
}

// WakeBelow matches a usage.Window (or usage.Span) with fewer voluntary
// context switches per second than perSecond. On systems where they are not
// counted (usage.CountsWakeups) a window without any is an error.
func WakeBelow(perSecond float64) *WindowMatcher {
	return &WindowMatcher{
		name: "WakeBelow", wanted: fmt.Sprintf("to wake up less than %.4g times a second", perSecond),
		judge: func(w usage.Window) (bool, error) {
			if !usage.CountsWakeups && w.Wakeups == 0 {
				return false, errors.New("WakeBelow: this system does not count context switches")
			}
			return w.Wakeups < perSecond, nil
		},
	}
}

// Match implements types.GomegaMatcher.
func (m *WindowMatcher) Match(actual any) (bool, error) {
	switch v := actual.(type) {
	case usage.Window:
		m.seen = v
	case usage.Span:
		m.seen = v.Window
	default:
		return false, wrongType(m.name, "a usage.Window or a usage.Span", actual)
	}
	if !(m.seen.Seconds > 0) {
		return false, fmt.Errorf("%s: a window of %v s says nothing", m.name, m.seen.Seconds)
	}
	return m.judge(m.seen)
}

// FailureMessage implements types.GomegaMatcher.
func (m *WindowMatcher) FailureMessage(any) string { return m.message(m.wanted) }

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *WindowMatcher) NegatedFailureMessage(any) string { return m.message("not " + m.wanted) }

func (m *WindowMatcher) message(wanted string) string {
	return fmt.Sprintf("Expected Blender %s\n  seen: %.3g %% of a core and %.4g wake-ups a second, over %.3g s",
		wanted, 100*m.seen.CPU, m.seen.Wakeups, m.seen.Seconds)
}
