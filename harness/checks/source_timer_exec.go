package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var sourceTimerExec = contract.Check{
	Name: "source/timer-exec",
	True: "no code is run by bpy.app.timers without asking for background mode first",
	Why:  "In background mode timers never fire: the code is accepted and never run.",
	How: byTree + "bpy.app.timers.register with a function that calls exec or eval, itself or by way of other functions, is reported, unless " +
		"the code around it or all that call it look at bpy.app.background. Where bgcheck's keep-alive runs the timers it passes, and says so.",
	Fix: "Ask for background mode first:\n" +
		"    if bpy.app.background:\n" +
		"        run()\n" +
		"    else:\n" +
		"        bpy.app.timers.register(run)",
	Asks: contract.NoLife,
	Run:  judgeTimerExec,
}

// judgeTimerExec reads the source, and minds that our launcher's keep-alive runs
// the timers that it finds.
func judgeTimerExec(ctx context.Context, s *contract.Session) report.Result {
	result := rule("timer-exec")(ctx, s)
	if result.Verdict == report.Warn && s.Target().Launch.Start != "" {
		return contract.Passed("timers run code, and bgcheck's keep-alive runs the timers; without it they never fire in background mode", result.Evidence...)
	}
	return result
}
