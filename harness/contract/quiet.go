package contract

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Window is one quiet window of a life, looked at by alive/stays and all of
// idle/*: sampled, left alone, sampled again, then asked.
type Window struct {
	Length time.Duration
	Used   usage.Window
	RSS    uint64 // resident memory at its end, in bytes
	// Unmeasured: the backend could not sample the process.
	Unmeasured error
	Exit       *harness.Exit // it ended in the window
	Why        explain.Cause // of that end, or of its silence; the zero Cause: not known
	Pictures   []string      // evidence of its silence
	First      time.Duration // the first request after the window
	FirstErr   error
	Rest       []time.Duration // the requests after that
}

var quiet = Fact[Window]{Name: "quiet window", Make: func(ctx context.Context, s *Session) (Window, error) {
	_, done, err := s.takeTurn(ctx)
	if err != nil {
		return Window{}, err
	}
	defer done()
	return s.Watch(ctx, s.target.Budgets.Quiet)
}}

// Observe returns the session's quiet window, of the length that the target file
// says.
func (s *Session) Observe(ctx context.Context) (Window, error) { return quiet.Of(ctx, s) }

// endsAlone says what to report when the life ends without anybody asking it for
// anything; nil when it does not.
func (s *Session) endsAlone(ctx context.Context) *report.Result {
	seen, err := s.Observe(ctx)
	var result report.Result
	switch {
	case err != nil:
		result = FromError(err)
	case seen.Exit != nil:
		result = Skipped(fmt.Sprintf("it ends by itself: see alive/stays (left alone, %s)", explain.HowEnded(seen.Exit)))
	default:
		return nil
	}
	return &result
}

// Watch leaves the shared life alone for the length of a window. The error is
// for FromError: the window could not be made.
func (s *Session) Watch(ctx context.Context, length time.Duration) (Window, error) {
	life, err := s.Shared(ctx)
	if err != nil {
		return Window{}, err
	}
	seen := Window{Length: length}
	before, err := life.Usage(ctx)
	seen.Unmeasured = err
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-life.Done():
		seen.Exit = life.Exit()
		seen.Why = explain.Death(life.Facts(ctx))
		return seen, nil
	case <-ctx.Done():
		return Window{}, fmt.Errorf("quiet window: %w", ctx.Err())
	}
	if seen.Unmeasured == nil {
		after, err := life.Usage(ctx)
		seen.Unmeasured, seen.Used, seen.RSS = err, usage.Between(before, after), after.RSS
	}
	if s.target.Service.Protocol == "none" {
		return seen, nil
	}
	began := time.Now()
	seen.FirstErr = life.Ask(ctx)
	seen.First = time.Since(began)
	for range 5 {
		if seen.FirstErr != nil {
			break
		}
		began = time.Now()
		if life.Ask(ctx) != nil {
			break
		}
		seen.Rest = append(seen.Rest, time.Since(began))
	}
	if ctx.Err() != nil {
		return Window{}, fmt.Errorf("quiet window: %w", ctx.Err())
	}
	switch {
	case seen.FirstErr == nil:
	case s.Ended(ctx, life):
		seen.Exit = life.Exit()
		seen.Why = explain.Death(life.Facts(ctx))
	default:
		life.Pose(ctx)
		facts := life.Facts(ctx)
		seen.Why, seen.Pictures = explain.Hang(facts), facts.Pictures()
	}
	return seen, nil
}
