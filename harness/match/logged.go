package match

import (
	"fmt"
	"regexp"

	"github.com/bgcheck/bgcheck/harness"
)

// LogMatcher matches a line of the log; HaveLogged makes one.
type LogMatcher struct {
	pattern string
	regexp  *regexp.Regexp
	invalid error
	from    harness.Cursor

	log   text // of the last Match; next, lines and found belong to it
	next  harness.Cursor
	lines int
	found string
}

// HaveLogged matches a *harness.Blender or *harness.Log with a line that
// contains a match of pattern, a regular expression. Only whole lines count.
//
// It looks at the whole log from its beginning and moves no cursor that others
// could see: several matchers may match the same line, in any order. To look
// only at what comes after a moment, take the cursor then:
//
//	now := b.Log().End()
//	...
//	Eventually(b).Should(HaveLogged("stopped").Since(now))
//
// A matcher that is asked again, as Eventually does, reads only what is new.
func HaveLogged(pattern string) *LogMatcher {
	re, err := regexp.Compile(pattern)
	return &LogMatcher{pattern: pattern, regexp: re, invalid: err}
}

// Since makes the matcher look only at lines from cursor on.
func (m *LogMatcher) Since(cursor harness.Cursor) *LogMatcher {
	m.from = cursor
	return m
}

// Match implements types.GomegaMatcher.
func (m *LogMatcher) Match(actual any) (bool, error) {
	if m.invalid != nil {
		return false, fmt.Errorf("HaveLogged: %w", m.invalid)
	}
	log := logOf(actual)
	if log == nil {
		return false, wrongType("HaveLogged", "a *harness.Blender or a *harness.Log", actual)
	}
	if m.log != log {
		m.log, m.next, m.lines, m.found = log, m.from, 0, ""
	}
	for m.found == "" {
		lines, next, err := log.Since(m.next)
		if err != nil {
			return false, fmt.Errorf("HaveLogged: read the log: %w", err)
		}
		for _, line := range lines {
			m.lines++
			if m.regexp.MatchString(line) {
				m.found = fmt.Sprintf("line %d: %s", m.lines, line)
				break
			}
		}
		if next == m.next {
			break
		}
		m.next = next
	}
	return m.found != "", nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *LogMatcher) FailureMessage(actual any) string {
	return m.subject(actual).message(fmt.Sprintf("to have logged a line that matches %q", m.pattern),
		fmt.Sprintf("%d lines, none of which matches", m.lines))
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *LogMatcher) NegatedFailureMessage(actual any) string {
	return m.subject(actual).message(fmt.Sprintf("not to have logged a line that matches %q", m.pattern), m.found)
}

// MatchMayChangeInTheFuture lets Eventually stop once Blender has ended: its
// log is whole by then, and Gomega reads it after asking.
func (m *LogMatcher) MatchMayChangeInTheFuture(actual any) bool {
	if m.invalid != nil || logOf(actual) == nil {
		return false
	}
	_, isProcess := actual.(process)
	return !isProcess || mayChange(actual)
}

func (m *LogMatcher) subject(actual any) subject {
	if s, err := look("HaveLogged", actual); err == nil {
		return s
	}
	return subject{partial: true, tail: m.log.Tail(tailLines)}
}
