package checks

import (
	"context"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsNoDescriptors = contract.Check{
	Name: "faults/no-descriptors",
	True: "when it has had no descriptor left for a while it accepts and answers again",
	Why:  "A burst of clients, or a leak elsewhere in the process, makes accept() fail with \"Too many open files\". A loop that ends at that error leaves a process that is alive and deaf.",
	How:  "The limit of open files is lowered to what is open (RLIMIT_NOFILE), eight clients connect, and a second later it is raised again. Then it must answer, each client its own, and not turn; or have ended with a status and a word about why.",
	Fix: "Let accept() fail and try again a moment later:\n" +
		"    except OSError as error:\n" +
		"        log(\"cannot accept: %s\" % error)\n" +
		"        time.sleep(0.1)                  # asyncio does so by itself; leave it its handler\n" +
		"        continue",
	Needs:    []contract.Need{contract.NeedPort},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeNoDescriptors,
}

// judgeNoDescriptors lets clients come that cannot be accepted.
func judgeNoDescriptors(ctx context.Context, s *contract.Session) report.Result {
	return suffer(ctx, s, mishap.NoDescriptors, "the loop that accepts clients has ended with the error of accept()", func(ctx context.Context, o *ordeal) {
		_, leave := o.crowd(ctx, 8, nil)
		defer leave()
		contract.Pause(ctx, 1200*time.Millisecond)
	})
}
