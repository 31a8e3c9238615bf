package checks

import (
	"context"
	"fmt"
	"syscall"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobSIGINT = contract.Check{
	Name: "job/sigint",
	True: "Ctrl-C in the middle, at the second time at the latest, ends the job in time: no half-written file under the final name, no process left, and exit code 0 only when all is done",
	Why: "Blender itself swallows the first SIGINT, where no handler is in place, and ends with 2 at the second; during a render the first ends the render, " +
		"and the script goes on as if it were done.",
	How: "As job/sigterm, with SIGINT. Where the job has not ended after half of the stop budget a second SIGINT is sent.",
	Fix: "Install a handler, or look at what the render left:\n" +
		"    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))\n" +
		"    if bpy.ops.render.render(animation=True) != {\"FINISHED\"}: sys.exit(130)",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeJobSIGINT,
}

func judgeJobSIGINT(ctx context.Context, s *contract.Session) report.Result {
	kind, result := judgeBreakOff(ctx, s, syscall.SIGINT, true)
	if result.Verdict != report.Fail {
		return result
	}
	if first := s.Verdict(ctx, jobSIGTERM); first.Verdict == report.Fail {
		if seen, ok := atJobSIGTERM.Known(ctx, s); ok && seen.kind == kind {
			return contract.Skipped(fmt.Sprintf("the same fault: see job/sigterm (%s)", first.Seen))
		}
	}
	return result
}
