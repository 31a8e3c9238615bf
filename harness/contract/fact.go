package contract

import (
	"context"
	"fmt"
	"sync"
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
	// OfMachine: it says nothing of the target, and is made once for all sessions
	// of a Config.Machine.
	OfMachine bool
}

// Machine keeps what is known of a machine and its Blender, whatever is judged
// there, for sessions with one backend and the same budgets. The zero value knows
// nothing yet. Sessions may use it at the same time.
type Machine struct {
	mu    sync.Mutex // guards facts
	facts map[any]*made
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
	m := s.fact(f, f.OfMachine)
	if err := take(ctx, m.making); err != nil {
		return value, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer func() { <-m.making }()
	s.mu.Lock()
	if !f.OfMachine { // what is measured of the machine is not for a check to doubt
		s.asked = append(s.asked, m)
	}
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
	m := s.fact(f, f.OfMachine)
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

// fact is the place for a fact, the session's or the machine's; f is its key.
func (s *Session) fact(f any, ofMachine bool) *made {
	lock, facts := &s.mu, s.facts
	if ofMachine {
		lock, facts = &s.machine.mu, s.machine.facts
	}
	lock.Lock()
	defer lock.Unlock()
	if facts[f] == nil {
		facts[f] = &made{making: make(chan struct{}, 1)}
	}
	return facts[f]
}
