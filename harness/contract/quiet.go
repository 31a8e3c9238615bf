package contract

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// observation is one quiet window of a life, looked at by alive/stays and all
// of idle/*: sampled, left alone, sampled again, then asked.
type observation struct {
	err    error         // it could not be made
	length time.Duration // of the window
	window usage.Window
	// unmeasured: the backend could not sample the process.
	unmeasured error
	exit       *harness.Exit // it ended in the window
	seen, why  string        // how and why it ended
	first      time.Duration // the first request after the window
	firstErr   error
	rest       []time.Duration // the requests after that
}

// observe makes the observation once per session.
func (s *Session) observe(ctx context.Context) observation {
	if s.quiet != nil {
		return *s.quiet
	}
	seen := s.watch(ctx, s.target.Budgets.Quiet)
	if seen.err == nil || !errors.Is(seen.err, context.Canceled) && !errors.Is(seen.err, context.DeadlineExceeded) {
		s.quiet = &seen
	}
	return seen
}

// watch leaves the shared life alone for the length of a window.
func (s *Session) watch(ctx context.Context, length time.Duration) observation {
	life, err := s.Shared(ctx)
	if err != nil {
		return observation{err: err}
	}
	seen := observation{length: length}
	before, err := life.Usage(ctx)
	seen.unmeasured = err
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-life.Done():
		seen.exit = life.Exit()
		seen.seen, seen.why = s.whyEnded(ctx, life)
		return seen
	case <-ctx.Done():
		return observation{err: fmt.Errorf("quiet window: %w", ctx.Err())}
	}
	if seen.unmeasured == nil {
		after, err := life.Usage(ctx)
		seen.unmeasured, seen.window = err, usage.Between(before, after)
	}
	if s.target.Service.Protocol == "none" {
		return seen
	}
	began := time.Now()
	seen.firstErr = life.ping(ctx)
	seen.first = time.Since(began)
	for range 5 {
		if seen.firstErr != nil {
			break
		}
		began = time.Now()
		if life.ping(ctx) != nil {
			break
		}
		seen.rest = append(seen.rest, time.Since(began))
	}
	if ctx.Err() != nil {
		return observation{err: fmt.Errorf("quiet window: %w", ctx.Err())}
	}
	if seen.firstErr != nil && s.ended(ctx, life) {
		seen.exit = life.Exit()
		seen.seen, seen.why = s.whyEnded(ctx, life)
	}
	return seen
}
