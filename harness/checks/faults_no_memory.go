package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsNoMemory = contract.Check{
	Name:     "faults/no-memory",
	True:     "when client code has found no memory it says so, and the service answers again",
	Why:      "A scene that does not fit raises MemoryError in the code of one client. That is this client's error, and no reason to end the service for all.",
	How:      "The address space is bounded at 256 MiB more than it has (RLIMIT_AS), code asks for 2 GiB, and the bound is taken away. Then it must answer, each client its own, and not turn; or have ended with a status and a word about why.",
	Fix:      "Catch MemoryError where a request is carried out, as any other error of the client's code, and answer with it.",
	Needs:    []contract.Need{contract.NeedService, contract.NeedExec},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeNoMemory,
}

// judgeNoMemory runs code that asks for more than there is.
func judgeNoMemory(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsExec(ctx, s); stop {
		return result
	}
	return suffer(ctx, s, mishap.NoMemory, "it takes the MemoryError of one client's code for its own end", func(ctx context.Context, o *ordeal) {
		reply, err := o.life.Exec(ctx, "big = bytearray(2 << 30)")
		o.notes = append(o.notes, "the code that asked for 2 GiB: "+contract.ReplyText(reply, err))
	})
}
