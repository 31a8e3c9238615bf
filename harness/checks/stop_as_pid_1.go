package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopAsPID1 = contract.Check{
	Name: "stop/as-pid-1",
	True: "SIGTERM ends it in the same way as process 1 of a container, without an init",
	Why: "`docker run image blender ...` makes Blender process 1, and the kernel drops signals to process 1 that have no handler: " +
		"`docker stop` waits for 10 s, kills it, and reports 137. No unregister, buffered output lost, and each deployment 10 s longer.",
	How: "On the container backend Blender is started as process 1, without an init; SIGTERM is sent, and the end judged as stop/sigterm. Elsewhere it is skipped.",
	Fix: "Install a handler, which process 1 gets as any other process does:\n" +
		"    loop.add_signal_handler(signal.SIGTERM, loop.stop)   # asyncio\n" +
		"    signal.signal(signal.SIGTERM, on_signal)             # or: def on_signal(n, f): global keep_running; keep_running = False\n" +
		"pyaddon/keepalive.py does this. With an init (docker run --init, or init: true in compose.yaml) the signal is no longer\n" +
		"ignored, and without a handler it still ends Blender with 143 and without clean-up.",
	Asks:  contract.OwnLives,
	Works: true,
	Run:   judgeAsPID1,
}

// judgeAsPID1 sends SIGTERM to a Blender that is process 1 of its container.
func judgeAsPID1(ctx context.Context, s *contract.Session) report.Result {
	if s.Backend().Name() != "container" {
		return contract.Skipped("needs a container: --backend container")
	}
	if err := s.Ready(ctx); err != nil {
		return contract.FromError(err)
	}
	if s.Target().Service.Socket != "" {
		return contract.Skipped("the target has no port by which it could be reached as process 1 of its container")
	}
	life, err := s.Launch(ctx, contract.Tweaks{More: []harness.Option{harness.AsPID1()}})
	if fault := contract.FaultOf(err); fault != nil { // it has been ready as another process
		return contract.Failed("as process 1 it is no use: "+fault.Seen, fault.Diagnosis)
	}
	if err != nil {
		return contract.FromError(err)
	}
	exit, err := life.End(ctx)
	if exit == nil {
		return contract.FromError(err)
	}
	end := judgeEnd(ctx, s, life, exit, "SIGTERM")
	if end.fault == "" {
		end.took += ", as process 1"
		return end.result(s)
	}
	first := s.Verdict(ctx, stopSIGTERM)
	switch {
	case first.Verdict == report.Fail && faultAtSIGTERM(ctx, s) == end.fault: // and not for being process 1
		return contract.Skipped(fmt.Sprintf("the same fault: see stop/sigterm (%s)", first.Seen))
	case end.fault == "ignored" && faultAtSIGTERM(ctx, s) == "signal":
		end.diagnosis = "process 1 without a handler ignores SIGTERM: the kernel drops signals to process 1 of a container for which no handler is in place, " +
			"so `docker stop` waits for 10 s, kills it and reports 137"
	case end.fault == "ignored" && first.Verdict == report.Pass:
		end.diagnosis = "as another process it ends at SIGTERM, and as process 1 it does not: where its handler is installed, or what it then waits for, depends on its process id or its parent's"
	}
	return end.result(s)
}
