package checks

import (
	"context"
	"os"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopSIGINT = contract.Check{
	Name: "stop/sigint",
	True: "the first SIGINT ends it in the same way",
	Why:  "Blender swallows the first Ctrl+C in background mode and KeyboardInterrupt is never raised: without a handler it takes two, and the code is 2.",
	How:  "One SIGINT is sent to Blender alone, and judged as stop/sigterm.",
	Fix: "Handle SIGINT as SIGTERM:\n" +
		"    for number in (signal.SIGTERM, signal.SIGINT):\n" +
		"        loop.add_signal_handler(number, loop.stop)",
	FixPlain: "Handle SIGINT as SIGTERM:\n" +
		"    for number in (signal.SIGTERM, signal.SIGINT):\n" +
		"        signal.signal(number, lambda number, frame: stopping.set())",
	Asks:   contract.OwnLives,
	Hosted: contract.Beside,
	Works:  true,
	Run:    judgeSIGINT,
}

func judgeSIGINT(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Service.Protocol == "stdio" {
		return contract.Skipped("the target has no terminal at which Ctrl+C is typed: its standard input is the wire; see stop/end-of-input")
	}
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	exit, err := life.End(ctx, harness.StopSignal(os.Interrupt), harness.StopGrace(s.Target().Budgets.Stop))
	if exit == nil {
		return contract.FromError(err)
	}
	return unlessSame(ctx, s, judgeEnd(ctx, s, life, exit, "SIGINT"))
}
