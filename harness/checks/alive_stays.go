package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var aliveStays = contract.Check{
	Name: "alive/stays",
	True: "after a quiet window the process lives and answers",
	Why:  "A process whose add-on is dead is alive and idle too. Only a reply shows that the service is still there.",
	How: "Blender is left alone for the quiet window of the target file, then asked. One window serves idle/* as well. With --thorough another life is left alone for longer: " +
		"30 s, or a quarter longer than the longest timeout that the source names, up to ten minutes.",
	Fix: "Let the loop on the main thread end for one reason alone: that it was asked to.\n" +
		"    while not stop_requested:\n" +
		"        if async_loop.kick_async_loop():\n" +
		"            break\n" +
		"        time.sleep(0.05)\n" +
		"Do not end it on a status such as service.is_running(), and keep the listening socket open after a client has come.",
	FixPlain: "Let the loop on the main thread end for one reason alone: that it was asked to.\n" +
		"    while not stopping.is_set():\n" +
		"        try:\n" +
		"            job = work.get(timeout=0.5)   # threads take requests, the main thread does the work\n" +
		"        except queue.Empty:\n" +
		"            continue\n" +
		"        job()\n" +
		"Do not end it on a status such as service.is_running(), and keep the listening socket open after a client has come.",
	OfLife: true,
	Asks:   contract.Quiet,
	Hosted: contract.Beside,
	Works:  true,
	Run:    judgeStays,
}

// judgeStays judges the quiet window: lives and answers.
func judgeStays(ctx context.Context, s *contract.Session) report.Result {
	seen, err := s.Observe(ctx)
	if result, ok := contract.OwnFault(err, "alive/stays"); ok {
		return result
	}
	window := explain.Short(s.Target().Budgets.Quiet)
	switch {
	case err != nil:
		return contract.FromError(err)
	case seen.Exit != nil:
		return contract.Because(fmt.Sprintf("left alone for %s, it ended: %s", window, explain.HowEnded(seen.Exit)), seen.Why)
	case s.Target().Service.Protocol == "none":
		return contract.Passed(fmt.Sprintf("after %s the process lives; there is no service to ask", window))
	case seen.FirstErr != nil:
		if seen.Why.Text == "" {
			seen.Why.Text = "the process is alive and its service is not: the loop that serves has ended or hangs, and something else keeps the process"
		}
		return contract.Because(fmt.Sprintf("after %s of quiet the process lives and does not answer: %s", window, explain.FirstLine(seen.FirstErr)),
			seen.Why, seen.Pictures...)
	}
	passed := contract.Passed(fmt.Sprintf("after %s of quiet it lives, and answered in %s", window, explain.Short(seen.First)))
	if life := s.Current(); s.Hosted() && life != nil {
		if passed.Remark, err = withAddon(ctx, s, life, seen); err != nil {
			return contract.FromError(err)
		}
	}
	if s.Thorough() {
		return staysLonger(ctx, s, passed)
	}
	return passed
}
