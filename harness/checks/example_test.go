package checks_test

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

// A check of one's own is a value like those of the catalogue; a session runs it
// beside them.
func ExampleSession_Run() {
	named := contract.Check{
		Name: "own/named", True: "the service says its name in a reply",
		Run: func(ctx context.Context, s *contract.Session) report.Result {
			life, err := s.Shared(ctx)
			if err != nil {
				return contract.FromError(err)
			}
			reply, err := life.Echo(ctx, "who are you?")
			if err != nil {
				return contract.Failed("no reply: "+err.Error(), "it does not answer")
			}
			return contract.Passed(fmt.Sprintf("it said %s", reply))
		},
	}
	fmt.Println(named.Name)
	// Output: own/named
}

func ExampleCheck_Explain() {
	check, _ := checks.Find("start/loopback-only")
	fmt.Print(check.Explain())
	// Output:
	// start/loopback-only
	//
	// Passes when
	//   it listens on loopback addresses alone, unless the target file declares
	//   otherwise (listens: any).
	//
	// Why
	//   A service that runs Python for its clients must not be open to every machine
	//   of the network.
	//
	// How
	//   The addresses on which the process and its children listen are read from the
	//   system.
	//
	// Fix
	//   Bind 127.0.0.1, not "", 0.0.0.0 or ::
	//       server.bind(("127.0.0.1", port))
	//
	// Needs
	//   port in the target file; without, it is skipped.
}
