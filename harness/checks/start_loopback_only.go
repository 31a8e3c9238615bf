package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startLoopbackOnly = contract.Check{
	Name: "start/loopback-only",
	True: "it listens on loopback addresses alone, unless the target file declares otherwise (listens: any)",
	Why:  "A service that runs Python for its clients must not be open to every machine of the network.",
	How:  "The addresses on which the process and its children listen are read from the system.",
	Fix: "Bind 127.0.0.1, not \"\", 0.0.0.0 or ::\n" +
		"    server.bind((\"127.0.0.1\", port))",
	Needs:  []contract.Need{contract.NeedPort},
	Hosted: contract.Beside,
	Run:    judgeLoopbackOnly,
}

// judgeLoopbackOnly asks the system which addresses the process listens on.
func judgeLoopbackOnly(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Service.Listens == "any" {
		return contract.Skipped("the target file allows other addresses (listens: any)")
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	addresses, err := life.Listeners(ctx)
	if err != nil {
		return contract.Undecided("cannot list what it listens on: " + explain.FirstLine(err))
	}
	var open []string
	for _, address := range addresses {
		if !address.Addr().Unmap().IsLoopback() {
			open = append(open, address.String())
		}
	}
	if len(open) == 0 && len(addresses) == 0 {
		return contract.Undecided("the service answers, but no listening address of its process was found")
	}
	if len(open) == 0 {
		return contract.Passed("it listens on " + explain.Addresses(addresses))
	}
	diagnosis := "every machine that reaches this one can send it requests"
	if s.Target().Exec != nil {
		diagnosis += ", and so run Python in it"
	}
	if at := s.Source().Cite("any"); at != "" {
		diagnosis += fmt.Sprintf("; the address is set in %s", at)
	}
	return contract.Failed("it listens on "+strings.Join(open, ", "), diagnosis, "all: "+explain.Addresses(addresses))
}
