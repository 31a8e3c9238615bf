package contract

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// stopAsPID1 sends SIGTERM to a Blender that is process 1 of its container.
func stopAsPID1(ctx context.Context, s *Session) report.Result {
	if s.backend.Name() != "container" {
		return Skipped("needs a container: -backend=container")
	}
	if _, err := s.Shared(ctx); err != nil {
		return FromError(err)
	}
	life, err := s.Launch(ctx, Tweaks{more: []harness.Option{harness.AsPID1()}})
	if fault := faultOf(err); fault != nil { // it has been ready as another process
		return Failed("as process 1 it is no use: "+fault.Seen, fault.Diagnosis)
	}
	if err != nil {
		return FromError(err)
	}
	exit, err := life.stop(ctx, harness.StopGrace(s.target.Budgets.Stop))
	if exit == nil {
		return FromError(err)
	}
	end := s.judgeEnd(ctx, life, exit, "SIGTERM")
	if end.fault == "" {
		end.took += ", as process 1"
		return end.result(s)
	}
	first := s.verdict(ctx, "stop/sigterm")
	switch {
	case first.Verdict == report.Fail && s.sigterm == end.fault: // and not for being process 1
		return Skipped(fmt.Sprintf("the same fault: see stop/sigterm (%s)", first.Seen))
	case end.fault == "ignored" && s.sigterm == "signal":
		end.diagnosis = "process 1 without a handler ignores SIGTERM: the kernel drops signals to process 1 of a container for which no handler is in place, " +
			"so `docker stop` waits for 10 s, kills it and reports 137"
	case end.fault == "ignored" && first.Verdict == report.Pass:
		end.diagnosis = "as another process it ends at SIGTERM, and as process 1 it does not: where its handler is installed, or what it then waits for, depends on its process id or its parent's"
	}
	return end.result(s)
}
