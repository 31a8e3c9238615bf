package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var idleCPU = contract.Check{
	Name: "idle/cpu",
	True: "CPU time over the quiet window, as a share of one core, is within the budget",
	Why:  "Many services idle most of the time, side by side on one machine.",
	How:  "The CPU clocks of the process and its children are read before and after the quiet window.",
	Fix: "Wait for work instead of looking for it: run the event loop (run_forever on the main thread), or sleep in each turn:\n" +
		"    while not stop_requested:\n" +
		"        if async_loop.kick_async_loop():\n" +
		"            break\n" +
		"        time.sleep(0.05)",
	FixPlain: "Wait for work instead of looking for it, with a timeout so that a signal is seen:\n" +
		"    while not stopping.is_set():\n" +
		"        try:\n" +
		"            job = work.get(timeout=0.5)\n" +
		"        except queue.Empty:\n" +
		"            continue\n" +
		"        job()",
	Asks:      contract.Quiet,
	Hosted:    contract.Beside,
	FixHosted: fixHostedRest,
	Works:     true,
	Run:       judgeCPU,
}

func judgeCPU(ctx context.Context, s *contract.Session) report.Result {
	seen, instead := measuredWindow(ctx, s)
	if instead != nil {
		return *instead
	}
	budget := s.Target().Budgets.IdleCPU
	used, figure, err := share(ctx, s, seen)
	if err != nil {
		return contract.FromError(err)
	}
	expected := fmt.Sprintf("at most %.3g %% of a core over %s without requests", 100*budget, explain.Short(seen.Length))
	if used <= budget {
		result := contract.Passed(figure)
		result.Expected = expected
		return result
	}
	diagnosis := "the keep-alive loop does work while there is none to do"
	switch { // one that never waits makes no voluntary switch, however little CPU a busy machine gives it
	case s.Hosted():
		diagnosis = restless
	case seen.Used.Wakeups < 10:
		diagnosis = "the keep-alive loop never waits: it turns as fast as it can"
	case seen.Used.Wakeups > 50:
		diagnosis = fmt.Sprintf("the keep-alive loop polls %.0f times a second%s", seen.Used.Wakeups, s.Source().Perhaps("sleep"))
	}
	if !s.Hosted() {
		diagnosis += orNot(": ", photographed(ctx, s, explain.Busy))
	}
	result := contract.Failed(figure, diagnosis, fmt.Sprintf("wake-ups: %.1f a second", seen.Used.Wakeups))
	result.Expected = expected
	return result
}
