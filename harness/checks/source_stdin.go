package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var sourceStdin = contract.Check{
	Name: "source/stdin",
	True: "the start waits for nobody to type",
	Why:  "In background mode nobody sits at the keyboard: input() waits for ever where standard input is open and silent, and raises EOFError where there is none.",
	How:  byTree + "input() and reads of sys.stdin are reported in what runs at the start: the launch script, the import, register(), and what they call; unless the code asks for a terminal or the mode.",
	Fix: "Take settings from the environment or from behind --, and keep Blender alive with a loop:\n" +
		"    import keepalive\n" +
		"    keepalive.run()",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    judgeStdin,
}

// judgeStdin reads the source. A service whose requests come by standard input reads
// it by right.
func judgeStdin(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Service.Protocol == "stdio" {
		return contract.Passed("standard input is the service's wire")
	}
	return rule("stdin")(ctx, s)
}
