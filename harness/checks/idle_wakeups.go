package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var idleWakeups = contract.Check{
	Name:      "idle/wakeups",
	True:      "voluntary context switches a second over the quiet window are within the budget",
	Why:       "Each wake-up costs energy and takes the core from someone else, even when it uses no CPU time to speak of.",
	How:       "The context switches of all threads are read before and after the quiet window.",
	Fix:       "Wait in the selector of the event loop, or in queue.get() without a timeout, instead of sleeping 1 ms in a loop; 50 ms give 20 a second.",
	Asks:      contract.Quiet,
	Hosted:    contract.Beside,
	FixHosted: fixHostedRest,
	Works:     true,
	Run:       judgeWakeups,
}

func judgeWakeups(ctx context.Context, s *contract.Session) report.Result {
	seen, instead := measuredWindow(ctx, s)
	if instead != nil {
		return *instead
	}
	budget := s.Target().Budgets.Wakeups
	woke, figure, err := wakeups(ctx, s, seen)
	if err != nil {
		return contract.FromError(err)
	}
	result := contract.Passed(figure)
	if woke > budget {
		diagnosis := "the keep-alive loop sleeps in short pieces instead of waiting for work" + s.Source().Perhaps("sleep")
		who := photographed(ctx, s, explain.Restless)
		switch {
		case s.Hosted() && strings.HasPrefix(who, explain.Beside):
			diagnosis = restless + ": " + who
		case s.Hosted():
			diagnosis = restless // what wakes the main thread there is bgcheck's loop, which runs timers
		case who != "":
			diagnosis = who
		}
		result = contract.Failed(figure, diagnosis,
			fmt.Sprintf("CPU: %.3f %% of a core", 100*seen.Used.CPU))
	}
	result.Expected = fmt.Sprintf("at most %.4g voluntary context switches a second without requests", budget)
	return result
}
