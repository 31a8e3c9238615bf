package match

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// ListenMatcher matches addresses that are listened on; ListenOnlyOnLoopback makes
// one.
type ListenMatcher struct {
	seen   subject
	all    []netip.AddrPort
	beyond []netip.AddrPort
}

// ListenOnlyOnLoopback matches a *harness.Blender, or a list of addresses, that
// listens on loopback addresses alone (127.0.0.0/8 and ::1). Listening on
// nothing is an error: it proves nothing, ask for an answer first.
func ListenOnlyOnLoopback() *ListenMatcher { return &ListenMatcher{} }

// Match implements types.GomegaMatcher.
func (m *ListenMatcher) Match(actual any) (bool, error) {
	*m = ListenMatcher{}
	switch v := actual.(type) {
	case []netip.AddrPort:
		m.all, m.seen.partial = v, true
	case interface {
		Listeners(ctx context.Context) ([]netip.AddrPort, error)
	}:
		var err error
		if m.seen, err = look("ListenOnlyOnLoopback", actual); err != nil {
			return false, err
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if m.all, err = v.Listeners(ctx); err != nil {
			return false, fmt.Errorf("ListenOnlyOnLoopback: list the listeners: %w", err)
		}
	default:
		return false, wrongType("ListenOnlyOnLoopback", "a *harness.Blender or a []netip.AddrPort", actual)
	}
	if len(m.all) == 0 {
		return false, errors.New("ListenOnlyOnLoopback: it listens on nothing, which proves nothing")
	}
	for _, address := range m.all {
		if !address.Addr().Unmap().IsLoopback() {
			m.beyond = append(m.beyond, address)
		}
	}
	return len(m.beyond) == 0, nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *ListenMatcher) FailureMessage(any) string {
	return m.seen.message("to listen on loopback addresses alone", "it listens on "+join(m.beyond)+" as well")
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *ListenMatcher) NegatedFailureMessage(any) string {
	return m.seen.message("to listen on other than loopback addresses", "it listens on "+join(m.all))
}

func join(all []netip.AddrPort) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, ", ")
}
