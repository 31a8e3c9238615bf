package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsLogFlood = contract.Check{
	Name: "faults/log-flood",
	True: "code that prints megabytes is answered, and the service lives on",
	Why:  "Importers and solvers print without measure. What collects the output of client code in a pipe that nobody reads meanwhile stands still at 64 KiB.",
	How:  "Code is sent that prints 2 MiB and as much as an error output. Then it must answer, each client its own, and not turn; or have ended with a status and a word about why.",
	Fix: "Collect output in memory, up to a bound, not in a pipe that is read when the code has ended:\n" +
		"    output = io.StringIO()\n" +
		"    with contextlib.redirect_stdout(output):\n" +
		"        exec(code, scope)",
	Needs:    []contract.Need{contract.NeedService, contract.NeedExec},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeLogFlood,
}

// judgeLogFlood runs code that prints much.
func judgeLogFlood(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsExec(ctx, s); stop {
		return result
	}
	o, bad := begin(ctx, s, "code that printed 4 MiB", "perhaps what client code prints goes into a pipe that nobody reads while it runs: it stands still at 64 KiB")
	if bad != nil {
		return *bad
	}
	reply, err := o.life.Exec(ctx, "import sys\nfor i in range(1024):\n    print('x' * 2047)\n    print('y' * 2047, file=sys.stderr)\n")
	o.notes = append(o.notes, "the code that printed: "+contract.ReplyText(reply, err))
	return o.judge(ctx)
}
