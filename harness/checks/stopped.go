package checks

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/report"
)

// stopped is a life that SIGTERM has ended, or not.
type stopped struct {
	end      *ending
	cleanups int // times that unregister ran
}

// atSIGTERM is how a life that was at rest ends at SIGTERM. Only stop/sigterm
// makes it; others look at it when that has been judged.
var atSIGTERM = contract.Fact[stopped]{Name: "the end at SIGTERM", Make: func(ctx context.Context, s *contract.Session) (stopped, error) {
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return stopped{}, err
	}
	exit, err := life.End(ctx)
	if exit == nil {
		return stopped{}, err
	}
	return stopped{judgeEnd(ctx, s, life, exit, "SIGTERM"), len(life.Saw(ctx, "unregister"))}, nil
}}

// faultAtSIGTERM is the kind of fault that stop/sigterm has found; "" for none,
// and when it was not judged.
func faultAtSIGTERM(ctx context.Context, s *contract.Session) string {
	if seen, ok := atSIGTERM.Known(ctx, s); ok {
		return seen.end.fault
	}
	return ""
}

// launchAtRest launches a life whose main thread has come to where it waits. A
// service that threads serve may answer before the launch script has put its
// signal handlers in place; what comes that early is stop/during-start's.
func launchAtRest(ctx context.Context, s *contract.Session) (*contract.Life, error) {
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err == nil {
		rest(ctx, s, life)
	}
	return life, err
}

// resting is for how long, looked at every restLook, the main thread must have
// been asleep to count as at rest; a script that never sleeps is given up after
// restMost, as one that polls is asleep nearly always.
const (
	resting  = 200 * time.Millisecond
	restLook = 20 * time.Millisecond
	restMost = 2 * time.Second
)

// rest waits until the main thread sleeps. Where the system does not tell (a
// container, not Linux) it waits as long as a first life is given to settle.
func rest(ctx context.Context, s *contract.Session, life *contract.Life) {
	if !s.Local() || procfs.State(life.PID()) == "" {
		contract.EndsWithin(ctx, life, contract.Settling)
		return
	}
	within, cancel := context.WithTimeout(ctx, restMost)
	defer cancel()
	for asleep := time.Duration(0); asleep < resting && life.Alive() && contract.Pause(within, restLook); asleep += restLook {
		if procfs.State(life.PID()) != "S" {
			asleep = -restLook
		}
	}
}

// awaitEnd waits for the end within the budget, then kills. One that had no
// processor to end with has no exit to judge, as with Life.End.
func awaitEnd(ctx context.Context, s *contract.Session, life *contract.Life, budget time.Duration) (*harness.Exit, error) {
	wait, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	hunger := life.Hunger()
	exit, err := life.Wait(wait)
	if exit != nil || ctx.Err() != nil {
		return exit, err
	}
	busy := hunger.Starved()
	life.Pose(ctx)
	killed, err := life.Kill(ctx)
	if killed == nil || busy != nil {
		return nil, cmp.Or(busy, err)
	}
	late := *killed
	late.Asked, late.Escalated = true, true
	return &late, nil
}

// unlessSame skips when stop/sigterm has failed for the same fault: one fault
// of the clean-up is reported once.
func unlessSame(ctx context.Context, s *contract.Session, end *ending) report.Result {
	if end.fault == "" {
		return end.result(s)
	}
	first := s.Verdict(ctx, stopSIGTERM)
	if first.Verdict == report.Fail && faultAtSIGTERM(ctx, s) == end.fault && end.shared() {
		return contract.Skipped(fmt.Sprintf("the same fault: see stop/sigterm (%s)", first.Seen))
	}
	return end.result(s)
}
