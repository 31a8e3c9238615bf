package match

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"github.com/bgcheck/bgcheck/harness/service"
)

// answer matches a Blender whose service replies.
type answer struct {
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
// 5 s (see Within). The actual value is the *harness.Blender, which tells why
// there is no answer.
//
// It asks anew each time, so Consistently and Eventually ask many times.
// No reply, whatever the reason, is a mismatch and not an error.
func Answer(client service.Client, request string) *answer {
	return &answer{client: client, request: request, within: 5 * time.Second}
}

// Within replaces the 5 s.
func (m *answer) Within(d time.Duration) *answer {
	m.within = d
	return m
}

// Holding asks that the reply contains text.
func (m *answer) Holding(text string) *answer {
	m.holds = text
	return m
}

// Satisfying asks that the reply, a string, satisfies matcher, e.g. MatchJSON.
func (m *answer) Satisfying(matcher types.GomegaMatcher) *answer {
	m.reply = matcher
	return m
}

// Match implements types.GomegaMatcher.
func (m *answer) Match(actual any) (bool, error) {
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
func (m *answer) FailureMessage(any) string {
	return m.seen.message(fmt.Sprintf("to answer %s (%v)", shorten(m.request), m.client), m.why)
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *answer) NegatedFailureMessage(any) string {
	return m.seen.message(fmt.Sprintf("not to answer %s (%v)", shorten(m.request), m.client), "the reply "+shorten(m.got))
}

// MatchMayChangeInTheFuture lets Eventually stop once Blender has ended.
func (m *answer) MatchMayChangeInTheFuture(actual any) bool { return mayChange(actual) }

// shorten quotes at most 200 characters.
func shorten(s string) string {
	if r := []rune(s); len(r) > 200 {
		return fmt.Sprintf("%q… (%d bytes)", string(r[:200]), len(s))
	}
	return fmt.Sprintf("%q", s)
}
