package checks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var idleResponsive = contract.Check{
	Name: "idle/responsive",
	True: "the first request after the quiet window is answered within the latency budget, and as fast as the others",
	Why:  "A keep-alive loop that sleeps for a second answers a second late, and an asyncio server needs several turns a request.",
	How: "The first request after the quiet window, four after short pauses and five one after the other are timed. What is more than " +
		"ten times and 50 ms slower than usual, or over the budget, is measured again in another window before it counts.",
	Fix: "Drive the loop by its own selector (pyaddon/keepalive.py: 0.2 ms a request), or sleep 50 ms at most in each turn:\n" +
		"    time.sleep(0.05)",
	FixPlain: "Wait where the work comes in, and not for a time: work.get(timeout=0.5) returns as soon as there is a job; sleep(1) does not.",
	Needs:    []contract.Need{contract.NeedService},
	Asks:     contract.Quiet,
	Hosted:   contract.Beside,
	Run:      judgeResponsive,
}

// judgeResponsive judges the first request after the quiet window, and some
// more after short pauses: a loop that sleeps is caught in any phase of its
// sleep. A machine that was busy just then can be slow once, so what looks slow
// is tried again in a window of the same length.
func judgeResponsive(ctx context.Context, s *contract.Session) report.Result {
	seen, instead := quietWindow(ctx, s)
	if instead != nil {
		return *instead
	}
	budget := s.Target().Budgets.Latency
	var earlier []string
	for try := 1; ; try++ {
		usual := median(seen.Rest)
		spaced := append([]time.Duration{seen.First}, spacedRequests(ctx, s)...)
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		figure := fmt.Sprintf("first request after %s of quiet: %s; after short pauses: %s; one after the other: %s",
			explain.Short(seen.Length), explain.Short(seen.First), shortList(spaced[1:]), shortList(seen.Rest))
		slow := func(d time.Duration) bool {
			return d > budget || usual > 0 && d > 10*usual && d > usual+50*time.Millisecond
		}
		var result report.Result
		switch {
		case slow(median(spaced)):
			cause := "a request waits for the keep-alive loop, which looks at its socket too seldom"
			if at := photographed(ctx, s, explain.Nap); at != "" && !s.Hosted() {
				cause += ": it sleeps in " + at
			} else {
				cause += s.Source().Perhaps("sleep")
			}
			result = contract.Failed(figure, cause, earlier...)
		case slow(seen.First) && try == 3:
			result = contract.Failed(figure, "it wakes up late: after a quiet time something must pass before it answers"+s.Source().Perhaps("sleep"), earlier...)
		case slow(seen.First):
			earlier = append(earlier, figure)
			if again, err := s.Watch(ctx, seen.Length); err == nil && again.Exit == nil && again.FirstErr == nil {
				seen = again
			}
			continue
		default:
			result = contract.Passed(figure, earlier...)
		}
		result.Expected = fmt.Sprintf("the first request after a quiet window is answered within %s, and not ten times slower than those that follow", explain.Short(budget))
		return result
	}
}

// spacedRequests times requests after pauses that fit no usual period.
func spacedRequests(ctx context.Context, s *contract.Session) []time.Duration {
	life, err := s.Shared(ctx)
	if err != nil {
		return nil
	}
	var times []time.Duration
	for _, wait := range []time.Duration{130, 170, 110, 190} {
		if !contract.Pause(ctx, wait*time.Millisecond) {
			break
		}
		began := time.Now()
		if life.Ask(ctx) != nil {
			break
		}
		times = append(times, time.Since(began))
	}
	return times
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
		text += explain.Short(d)
	}
	return text
}
