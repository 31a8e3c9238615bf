package checks

import (
	"context"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsFreeze = contract.Check{
	Name: "faults/freeze",
	True: "stopped for a while and let go on, it answers, and so it does who asked meanwhile",
	Why:  "A laptop that sleeps, a virtual machine that is moved and a container that is paused stop a process in the middle of anything. A watchdog that looks at the clock alone takes that for a hang.",
	How:  "Blender is stopped by SIGSTOP for a second and a half, in which a client asks, and goes on at SIGCONT. Then it must answer, each client its own, and not turn; or have ended with a status and a word about why.",
	Fix: "A watchdog must count its own turns, not the clock: after a pause it has missed them all at once.\n" +
		"    gap = time.monotonic() - last\n" +
		"    if gap > limit and gap < 2 * limit:   # a hang; more is a machine that slept",
	Needs:    []contract.Need{contract.NeedService},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeFreeze,
}

// frozenFor is how long it is stopped: longer than any pause of its own.
const frozenFor = 4 * time.Second

// judgeFreeze stops Blender while a client asks.
func judgeFreeze(ctx context.Context, s *contract.Session) report.Result {
	asked := make(chan error, 1)
	result := suffer(ctx, s, mishap.Freeze, "what watches the clock has taken the pause for a hang, and has ended the server", func(ctx context.Context, o *ordeal) {
		go func() { asked <- o.life.Ask(ctx) }()
		contract.Pause(ctx, frozenFor)
	})
	select {
	case err := <-asked:
		if err != nil {
			result.Evidence = append(result.Evidence, "who asked while it was stopped: "+explain.FirstLine(err))
		}
	default: // it never came to that
	}
	return result
}
