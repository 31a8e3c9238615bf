package contract

import (
	"context"
	"fmt"
)

// Fact is something that several checks need and that is made once a session: a
// quiet window, the end of a life, the source as read. Who asks first makes it;
// who asks meanwhile waits for it.
//
//	var window = contract.Fact[usage.Window]{Name: "quiet window", Make: watch}
//	...
//	seen, err := window.Of(ctx, s)
type Fact[T any] struct {
	// Name for errors and for readers.
	Name string
	// Make finds it out. What it returns is kept, an error too, unless ctx ended
	// meanwhile: then the next who asks makes it anew.
	Make func(ctx context.Context, s *Session) (T, error)
}

// made is a fact of one session.
type made struct {
	making chan struct{} // held while it is made
	done   bool
	stale  bool // a check that asked for it has failed, and tries again
	value  any
	err    error
}

// Of returns the fact, and makes it when nobody has.
func (f *Fact[T]) Of(ctx context.Context, s *Session) (value T, err error) {
	m := s.fact(f)
	if err := take(ctx, m.making); err != nil {
		return value, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer func() { <-m.making }()
	s.mu.Lock()
	s.asked = append(s.asked, m)
	stale := m.stale
	m.stale = false
	s.mu.Unlock()
	if m.done && !stale {
		value, _ = m.value.(T)
		return value, m.err
	}
	value, err = f.Make(ctx, s)
	if ctx.Err() == nil {
		m.done, m.value, m.err = true, value, err
	}
	return value, err
}

// Known returns the fact if somebody has made it.
func (f *Fact[T]) Known(ctx context.Context, s *Session) (value T, ok bool) {
	m := s.fact(f)
	if take(ctx, m.making) != nil {
		return value, false
	}
	defer func() { <-m.making }()
	if !m.done || m.err != nil {
		return value, false
	}
	value, ok = m.value.(T)
	return value, ok
}

// fact is the session's place for a fact; f is its key.
func (s *Session) fact(f any) *made {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.facts[f] == nil {
		s.facts[f] = &made{making: make(chan struct{}, 1)}
	}
	return s.facts[f]
}
