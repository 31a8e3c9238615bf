package contract

import (
	"context"
	"time"
)

// Settling is how long the first life must go on after its first answer: a
// script that returned ends Blender about 0.1 s later, and it must not depend
// on luck which check sees that.
const Settling = 300 * time.Millisecond

// Ended waits a moment for the end of a process whose service has just gone, and as
// long as an end may take for one whose Python has begun to end: what is to be said
// of it depends on which it is.
func (s *Session) Ended(ctx context.Context, life *Life) bool {
	if EndsWithin(ctx, life, time.Second) {
		return true
	}
	return len(life.Saw(ctx, "finalize")) > 0 && EndsWithin(ctx, life, s.target.Budgets.Stop)
}

// EndsWithin waits so long for the end of a process.
func EndsWithin(ctx context.Context, life *Life, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-life.Done():
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return false
}

// Usual is the slowest small request of a healthy life so far; 0 before one.
func (s *Session) Usual() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usual
}

// Patience is how long a small request may take before it counts as lost: far
// over the latency budget, which idle/responsive judges, and over what the
// service usually takes. (The client of tcp-json closes its half of the
// connection after half of this, for services that wait for that; one that is
// only slow must have answered before.)
func (s *Session) Patience() time.Duration {
	least := 4 * time.Second
	if s.backend.Name() == "window" {
		least = 20 * time.Second // the first draw compiles shaders on the main thread, in software
	}
	if s.target.IsWorker() { // DoJob has its own, and tells more when that is over
		least = 10 * s.target.Worker.Within
	}
	return max(least, 10*s.target.Budgets.Latency, 10*s.Usual())
}

// Brief is how long a reply to a broken request is waited for.
func (s *Session) Brief() time.Duration {
	return max(2*time.Second, 5*s.target.Budgets.Latency)
}

// Pause waits for d and reports whether ctx still runs.
func Pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// take takes a lock that is a channel of one, unless ctx ends first.
func take(ctx context.Context, lock chan struct{}) error {
	select {
	case lock <- struct{}{}:
		return nil
	default:
	}
	select {
	case lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
