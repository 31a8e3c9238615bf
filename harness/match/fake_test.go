package match

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
)

// fake behaves like a *harness.Blender, and is its own log.
type fake struct {
	exit      *harness.Exit
	lines     []string
	listeners []netip.AddrPort
	reads     int // lines handed out by Since
}

func (f *fake) Done() <-chan struct{} { return nil }
func (f *fake) Exit() *harness.Exit   { return f.exit }
func (f *fake) Command() string       { return "blender -b" }
func (f *fake) Tail(n int) []string   { return f.lines[max(0, len(f.lines)-n):] }

func (f *fake) Since(from harness.Cursor) ([]string, harness.Cursor, error) {
	end := min(int(from)+2, len(f.lines)) // two lines at once: a cursor counts lines here
	f.reads += end - int(from)
	return f.lines[from:end], harness.Cursor(end), nil
}

func (f *fake) Listeners(context.Context) ([]netip.AddrPort, error) { return f.listeners, nil }

// matcher is what Gomega wants, and what lets Eventually stop early.
type matcher interface {
	Match(actual any) (bool, error)
	FailureMessage(actual any) string
	NegatedFailureMessage(actual any) string
	MatchMayChangeInTheFuture(actual any) bool
}

var (
	_ matcher = (*EndMatcher)(nil)
	_ matcher = (*LogMatcher)(nil)
	_ matcher = (*AnswerMatcher)(nil)
)

// judged asks m and wants no error.
func judged(t *testing.T, m interface {
	Match(actual any) (bool, error)
}, actual any) bool {
	t.Helper()
	ok, err := m.Match(actual)
	if err != nil {
		t.Errorf("%T: %v", m, err)
	}
	return ok
}

// wants checks that text holds all of parts.
func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

// refuses checks that values of other types are errors that name the matcher.
func refuses(t *testing.T, name string, m interface {
	Match(actual any) (bool, error)
}, values ...any) {
	t.Helper()
	for _, value := range append(values, nil, 5, "blender", (*harness.Blender)(nil)) {
		if ok, err := m.Match(value); err == nil || ok || !strings.Contains(err.Error(), name) {
			t.Errorf("%s of %T: %v, %v", name, value, ok, err)
		}
	}
}
