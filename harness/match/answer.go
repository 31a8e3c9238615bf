package match

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"github.com/bgcheck/bgcheck/harness/service"
)

// AnswerMatcher matches a Blender whose service replies; Answer makes one.
type AnswerMatcher struct {
	client  service.Client
	request string
	within  time.Duration
	reply   types.GomegaMatcher
	holds   string

	seen *subject
	why  string
	got  string
}

// Answer sends request through client and matches when a reply comes within
// 5 s (or Within). Holding and Satisfying ask more of the reply. The actual value
// is the *harness.Blender, which tells why there is no answer.
//
// It asks anew each time, so Consistently and Eventually ask many times.
// No reply, whatever the reason, is a mismatch and not an error.
func Answer(client service.Client, request string) *AnswerMatcher {
	return &AnswerMatcher{client: client, request: request, within: 5 * time.Second}
}

// Within replaces the 5 s.
func (m *AnswerMatcher) Within(d time.Duration) *AnswerMatcher {
	m.within = d
	return m
}

// Holding asks that the reply contains text.
func (m *AnswerMatcher) Holding(text string) *AnswerMatcher {
	m.holds = text
	return m
}

// Satisfying asks that the reply, a string, satisfies matcher, e.g. MatchJSON.
func (m *AnswerMatcher) Satisfying(matcher types.GomegaMatcher) *AnswerMatcher {
	m.reply = matcher
	return m
}

// Match implements types.GomegaMatcher.
func (m *AnswerMatcher) Match(actual any) (bool, error) {
	m.seen, m.why, m.got = nil, "", ""
	if _, ok := actual.(process); !ok {
		return false, wrongType("Answer", "a *harness.Blender", actual)
	}
	before, err := look("Answer", actual)
	if err != nil {
		return false, err
	}
	if before.exit != nil {
		m.seen, m.why = &before, "it was not asked, as it has ended"
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), m.within)
	defer cancel()
	reply, err := m.client.Do(ctx, []byte(m.request))
	after, lookErr := look("Answer", actual)
	if lookErr != nil {
		return false, lookErr
	}
	m.seen, m.got = &after, string(reply)
	switch {
	case err != nil:
		m.why = fmt.Sprintf("no reply: %v", err)
	case !strings.Contains(m.got, m.holds):
		m.why = fmt.Sprintf("the reply does not hold %q: %s", m.holds, shorten(m.got))
	case m.reply != nil:
		ok, err := m.reply.Match(m.got)
		if err != nil {
			return false, fmt.Errorf("Answer: judge the reply %s: %w", shorten(m.got), err)
		}
		if !ok {
			m.why = m.reply.FailureMessage(m.got)
		}
	}
	return m.why == "", nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *AnswerMatcher) FailureMessage(any) string {
	return m.seen.message(fmt.Sprintf("to answer %s (%v)", shorten(m.request), m.client), m.why)
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *AnswerMatcher) NegatedFailureMessage(any) string {
	return m.seen.message(fmt.Sprintf("not to answer %s (%v)", shorten(m.request), m.client), "the reply "+shorten(m.got))
}

// MatchMayChangeInTheFuture lets Eventually stop once Blender has ended.
func (m *AnswerMatcher) MatchMayChangeInTheFuture(actual any) bool { return mayChange(actual) }

// shorten quotes at most 200 characters.
func shorten(s string) string {
	if r := []rune(s); len(r) > 200 {
		return fmt.Sprintf("%q… (%d bytes)", string(r[:200]), len(s))
	}
	return fmt.Sprintf("%q", s)
}
