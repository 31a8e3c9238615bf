package match

import (
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
)

// tailLines of the log stand in a failure message.
const tailLines = 10

// process is what the matchers need of a *harness.Blender.
type process interface {
	Done() <-chan struct{}
	Exit() *harness.Exit
}

// text is what they need of a *harness.Log.
type text interface {
	Since(from harness.Cursor) (lines []string, next harness.Cursor, err error)
	Tail(n int) []string
}

var (
	_ process = (*harness.Blender)(nil)
	_ text    = (*harness.Log)(nil)
)

// subject is an actual value as it was when it was looked at. A matcher keeps
// it, so that message and verdict speak of the same moment.
type subject struct {
	partial bool          // only its log or its addresses are known
	exit    *harness.Exit // nil while it runs
	command string
	tail    []string
}

// look takes a *harness.Blender, a *harness.Exit, or what behaves like the first.
func look(matcher string, actual any) (subject, error) {
	switch v := actual.(type) {
	case *harness.Exit:
		if v == nil { // b.Exit() of one that runs
			return subject{}, nil
		}
		return subject{exit: v, tail: last(v.Tail)}, nil
	case *harness.Blender:
		if v == nil {
			return subject{}, fmt.Errorf("%s: the Blender is nil: look at Launch's error first", matcher)
		}
	}
	p, ok := actual.(process)
	if !ok {
		return subject{}, wrongType(matcher, "a *harness.Blender or a *harness.Exit", actual)
	}
	s := subject{exit: p.Exit()}
	if c, ok := actual.(interface{ Command() string }); ok {
		s.command = c.Command()
	}
	if log := logOf(actual); log != nil {
		s.tail = log.Tail(tailLines)
	} else if s.exit != nil {
		s.tail = last(s.exit.Tail)
	}
	return s, nil
}

// mayChange: an end is final, and a value of the wrong type stays one.
func mayChange(actual any) bool {
	s, err := look("", actual)
	return err == nil && s.exit == nil
}

// unseen is an error for an end that nobody saw: a fault of the machine.
func (s subject) unseen(matcher string) error {
	switch {
	case s.exit == nil || s.exit.Code >= 0 || s.exit.Signal != nil:
		return nil
	case s.exit.Err != nil:
		return fmt.Errorf("%s: the end was not seen: %w", matcher, s.exit.Err)
	}
	return fmt.Errorf("%s: the end was not seen, so its exit code is not known", matcher)
}

// logOf is the log of actual, or nil.
func logOf(actual any) text {
	switch v := actual.(type) {
	case *harness.Blender:
		if v != nil {
			return v.Log()
		}
	case text:
		return v
	}
	return nil
}

// message says what was wanted and seen; the facts follow on lines of their own.
func (s subject) message(wanted string, seen ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Expected Blender %s", wanted)
	for _, line := range seen {
		fmt.Fprintf(&b, "\n  seen: %s", line)
	}
	if !s.partial {
		fmt.Fprintf(&b, "\n  exit: %v", s.exit)
	}
	if s.command != "" {
		fmt.Fprintf(&b, "\n  command: %s", s.command)
	}
	for _, line := range s.tail {
		fmt.Fprintf(&b, "\n  log: %s", line)
	}
	return b.String()
}

func wrongType(matcher, wants string, actual any) error {
	return fmt.Errorf("%s needs %s, not %T", matcher, wants, actual)
}

func last(lines []string) []string { return lines[max(0, len(lines)-tailLines):] }
