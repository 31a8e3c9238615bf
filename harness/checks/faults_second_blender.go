package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsSecondBlender = contract.Check{
	Name:     "faults/second-blender",
	True:     "beside a second Blender that is started on its port it goes on answering, and alone",
	Why:      "Supervisors, and people, start a service twice. Where both listen on one port (SO_REUSEPORT) the system gives each client to either of them, and half of the work is done in another scene.",
	How:      "While it runs, another is launched on the same port. That one must not listen there; the first must answer as before.",
	Fix:      "Do not set SO_REUSEPORT (asyncio: reuse_port), which lets two programs of one user share a port. SO_REUSEADDR is what a restart needs.",
	Needs:    []contract.Need{contract.NeedPort},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeSecondBlender,
}

// judgeSecondBlender launches another one on the port of the first.
func judgeSecondBlender(ctx context.Context, s *contract.Session) report.Result {
	if !s.Local() {
		return contract.Skipped(contract.NotHere + ": in a container each Blender has ports of its own")
	}
	if result, stop := s.After(ctx, startPortBusy, "on a taken port it does not end as it should"); stop {
		return result
	}
	o, bad := begin(ctx, s, "a second Blender was started on its port", "the start of another one disturbs it")
	if bad != nil {
		return *bad
	}
	port := o.life.Port()
	second, err := s.Launch(ctx, contract.Tweaks{Port: port, Unready: true})
	if err != nil {
		return contract.FromError(err)
	}
	within, cancel := context.WithTimeout(ctx, s.Target().Budgets.Ready)
	defer cancel()
	for second.Alive() && contract.Pause(within, 100*time.Millisecond) {
		listens, err := second.Listeners(within)
		if err == nil && slices.ContainsFunc(listens, func(one netip.AddrPort) bool { return int(one.Port()) == port }) {
			return contract.Failed(fmt.Sprintf("a second Blender listens on port %d as well: the system gives each client to either", port),
				"the port is bound with SO_REUSEPORT, which lets programs of one user share it")
		}
	}
	_ = second.Close()
	return o.judge(ctx)
}
