package contract

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
)

// aliveStays judges the quiet window: lives and answers.
func aliveStays(ctx context.Context, s *Session) report.Result {
	seen := s.observe(ctx)
	if result, ok := ownFault(seen.err, "alive/stays"); ok {
		return result
	}
	window := short(s.target.Budgets.Quiet)
	switch {
	case seen.err != nil:
		return FromError(seen.err)
	case seen.exit != nil:
		return Failed(fmt.Sprintf("left alone for %s, it ended: %s", window, seen.seen), seen.why)
	case s.target.Service.Protocol == "none":
		return Passed(fmt.Sprintf("after %s the process lives; there is no service to ask", window))
	case seen.firstErr != nil:
		return Failed(fmt.Sprintf("after %s of quiet the process lives and does not answer: %s", window, firstLine(seen.firstErr)),
			"the process is alive and its service is not: the loop that serves has ended or hangs, and something else keeps the process")
	}
	return Passed(fmt.Sprintf("after %s of quiet it lives, and answered in %s", window, short(seen.first)))
}

// quietWindow gives the observation to an idle check, or what to report instead.
func (s *Session) quietWindow(ctx context.Context) (observation, *report.Result) {
	seen := s.observe(ctx)
	var result report.Result
	switch {
	case seen.err != nil:
		result = FromError(seen.err)
	case seen.exit != nil:
		result = Skipped(fmt.Sprintf("it ended in the quiet window: see alive/stays (%s)", seen.seen))
	case seen.firstErr != nil:
		result = Skipped(fmt.Sprintf("it did not answer after the quiet window: see alive/stays (%s)", firstLine(seen.firstErr)))
	default:
		return seen, nil
	}
	return seen, &result
}

func idleCPU(ctx context.Context, s *Session) report.Result {
	seen, instead := s.quietWindow(ctx)
	if instead != nil {
		return *instead
	}
	if seen.unmeasured != nil {
		return Undecided("cannot measure the process: " + firstLine(seen.unmeasured))
	}
	budget := s.target.Budgets.IdleCPU
	figure := fmt.Sprintf("%.3f %% of a core over %s", 100*seen.window.CPU, short(seen.length))
	expected := fmt.Sprintf("at most %.3g %% of a core over %s without requests", 100*budget, short(seen.length))
	if seen.window.CPU <= budget {
		result := Passed(figure)
		result.Expected = expected
		return result
	}
	diagnosis := "the keep-alive loop does work while there is none to do"
	switch { // one that never waits makes no voluntary switch, however little CPU a busy machine gives it
	case seen.window.Wakeups < 10:
		diagnosis = "the keep-alive loop never waits: it turns as fast as it can"
	case seen.window.Wakeups > 50:
		diagnosis = fmt.Sprintf("the keep-alive loop polls %.0f times a second%s", seen.window.Wakeups, s.at("sleep"))
	}
	result := Failed(figure, diagnosis, fmt.Sprintf("wake-ups: %.1f a second", seen.window.Wakeups))
	result.Expected = expected
	return result
}

func idleWakeups(ctx context.Context, s *Session) report.Result {
	seen, instead := s.quietWindow(ctx)
	if instead != nil {
		return *instead
	}
	if seen.unmeasured != nil {
		return Undecided("cannot measure the process: " + firstLine(seen.unmeasured))
	}
	budget := s.target.Budgets.Wakeups
	figure := fmt.Sprintf("%.1f wake-ups a second over %s", seen.window.Wakeups, short(seen.length))
	result := Passed(figure)
	if seen.window.Wakeups > budget {
		result = Failed(figure, "the keep-alive loop sleeps in short pieces instead of waiting for work"+s.at("sleep"),
			fmt.Sprintf("CPU: %.3f %% of a core", 100*seen.window.CPU))
	}
	result.Expected = fmt.Sprintf("at most %.4g voluntary context switches a second without requests", budget)
	return result
}

// idleResponsive judges the first request after the quiet window, and some
// more after short pauses: a loop that sleeps is caught in any phase of its
// sleep. A machine that was busy just then can be slow once, so what looks slow
// is tried again in a window of the same length.
func idleResponsive(ctx context.Context, s *Session) report.Result {
	seen, instead := s.quietWindow(ctx)
	if instead != nil {
		return *instead
	}
	budget := s.target.Budgets.Latency
	var earlier []string
	for try := 1; ; try++ {
		usual := median(seen.rest)
		spaced := append([]time.Duration{seen.first}, s.spaced(ctx)...)
		if ctx.Err() != nil {
			return FromError(ctx.Err())
		}
		figure := fmt.Sprintf("first request after %s of quiet: %s; after short pauses: %s; one after the other: %s",
			short(seen.length), short(seen.first), shortList(spaced[1:]), shortList(seen.rest))
		slow := func(d time.Duration) bool {
			return d > budget || usual > 0 && d > 10*usual && d > usual+50*time.Millisecond
		}
		var result report.Result
		switch {
		case slow(median(spaced)):
			result = Failed(figure, "a request waits for the keep-alive loop, which looks at its socket too seldom"+s.at("sleep"), earlier...)
		case slow(seen.first) && try == 3:
			result = Failed(figure, "it wakes up late: after a quiet time something must pass before it answers"+s.at("sleep"), earlier...)
		case slow(seen.first):
			earlier = append(earlier, figure)
			if again := s.watch(ctx, seen.length); again.err == nil && again.exit == nil && again.firstErr == nil {
				seen = again
			}
			continue
		default:
			result = Passed(figure, earlier...)
		}
		result.Expected = fmt.Sprintf("the first request after a quiet window is answered within %s, and not ten times slower than those that follow", short(budget))
		return result
	}
}

// spaced times requests after pauses that fit no usual period.
func (s *Session) spaced(ctx context.Context) []time.Duration {
	life, err := s.Shared(ctx)
	if err != nil {
		return nil
	}
	var times []time.Duration
	for _, wait := range []time.Duration{130, 170, 110, 190} {
		if !pause(ctx, wait*time.Millisecond) {
			break
		}
		began := time.Now()
		if life.ping(ctx) != nil {
			break
		}
		times = append(times, time.Since(began))
	}
	return times
}

// ownFault is the failure of the check that judges a fault found at a launch.
func ownFault(err error, name string) (report.Result, bool) {
	fault := faultOf(err)
	if fault == nil || fault.Check != name {
		return report.Result{}, false
	}
	result := Failed(fault.Seen, fault.Diagnosis, fault.Evidence...)
	result.Command = fault.Command
	return result, true
}

func median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func shortList(times []time.Duration) string {
	text := ""
	for i, d := range times {
		if i > 0 {
			text += ", "
		}
		text += short(d)
	}
	return text
}
