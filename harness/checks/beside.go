package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
)

// fixHostedRest is the fix for a hosted add-on that does not rest.
const fixHostedRest = "Do the work when something happens, in a handler, and let a timer or a thread wait for as long as it may:\n" +
	"    def tick():\n" +
	"        if nothing_to_do():\n" +
	"            return 1.0        # seconds until the next time; None ends the timer\n" +
	"    # in a thread: queue.get() or event.wait(), not a loop around time.sleep(0.001)"

// restless is why a hosted add-on uses what our service without it does not.
const restless = "a timer or a thread of the add-on works while there is nothing to do"

// share is a share of a core that the check judges, and the words for it: that of
// a hosted add-on is what comes on top of our service without it.
func share(ctx context.Context, s *contract.Session, seen contract.Window) (used float64, figure string, err error) {
	used, figure = seen.Used.CPU, fmt.Sprintf("%.3f %% of a core over %s", 100*seen.Used.CPU, explain.Short(seen.Length))
	if s.Hosted() {
		alone, err := s.Without(ctx)
		if err != nil {
			return 0, "", err
		}
		used -= alone.Used.CPU
		figure = fmt.Sprintf("with the add-on %+.3f %% of a core over %s (%.3f %%, without it %.3f %%)",
			100*used, explain.Short(seen.Length), 100*seen.Used.CPU, 100*alone.Used.CPU)
	}
	return used, figure, nil
}

// wakeups is share for the wake-ups a second.
func wakeups(ctx context.Context, s *contract.Session, seen contract.Window) (woke float64, figure string, err error) {
	woke, figure = seen.Used.Wakeups, fmt.Sprintf("%.1f wake-ups a second over %s", seen.Used.Wakeups, explain.Short(seen.Length))
	if s.Hosted() {
		alone, err := s.Without(ctx)
		if err != nil {
			return 0, "", err
		}
		woke -= alone.Used.Wakeups
		figure = fmt.Sprintf("with the add-on %+.1f wake-ups a second over %s (%.1f, without it %.1f)",
			woke, explain.Short(seen.Length), seen.Used.Wakeups, alone.Used.Wakeups)
	}
	return woke, figure, nil
}

// withAddon says in a sentence what a hosted add-on changes of our service: time to
// ready, rest and memory.
func withAddon(ctx context.Context, s *contract.Session, life *contract.Life, seen contract.Window) (string, error) {
	alone, err := s.Without(ctx)
	if err != nil {
		return "", err
	}
	later := life.ReadyAfter() - alone.Ready
	text := fmt.Sprintf("with the add-on %+.2f s to ready", later.Round(10*time.Millisecond).Seconds())
	if seen.Unmeasured == nil && alone.Unmeasured == nil {
		text += fmt.Sprintf(", %+.1f %% CPU, %+.1f wake-ups/s, %+.0f MiB", 100*(seen.Used.CPU-alone.Used.CPU),
			seen.Used.Wakeups-alone.Used.Wakeups, mib(int64(seen.RSS)-int64(alone.RSS)))
	}
	return text, nil
}
