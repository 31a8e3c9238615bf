package checks

import (
	"context"
	"errors"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startReady = contract.Check{
	Name: "start/ready",
	True: "the service answers a request within the ready budget after the launch, and goes on",
	Why: "Who starts the service must know when it can be used. An accepted connection proves nothing: a proxy, or " +
		"a socket whose event loop is not driven, accepts as well.",
	How: "Blender is launched as the target file says. The first request of the target file (ready, echo or exec) is sent " +
		"until a whole reply comes, Blender ends, or the budget is over; two more requests follow 0.3 s later.",
	Fix: "Keep the script running on the main thread for as long as the service shall live, and drive the event loop there:\n" +
		"    import keepalive  # pyaddon/keepalive.py, copied beside the script\n" +
		"    my_addon.start_server()\n" +
		"    keepalive.run()\n" +
		"In background mode Blender ends when the script does; daemon threads, timers and modal operators do not keep it.",
	Needs:  []contract.Need{contract.NeedService},
	OfLife: true,
	Hosted: contract.Beside,
	Works:  true,
	Run:    judgeStartReady,
}

// judgeStartReady judges the launch that every other check builds on.
func judgeStartReady(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	var fault *contract.FaultError
	switch {
	case errors.As(err, &fault) && fault.Check == "start/ready":
		result := contract.Failed(fault.Seen, fault.Diagnosis, fault.Evidence...)
		result.Command = fault.Command
		result.Expected = expectReady(s)
		result.Fix, result.Cause = fault.Fix, fault.Cause
		return withNotes(result, s.Target().Notes)
	case errors.As(err, &fault) && fault.Check == "start/enabled":
		return contract.FromError(err)
	case errors.As(err, &fault):
		result := contract.Passed("it answered its first request")
		result.Command = fault.Command
		return result
	case err != nil:
		return contract.FromError(err)
	}
	result := contract.Passed(fmt.Sprintf("the first answer came %s after the launch", explain.Short(life.ReadyAfter())))
	result.Expected = expectReady(s)
	return result
}

func expectReady(s *contract.Session) string {
	return fmt.Sprintf("the service answers a request within %s of the launch, and goes on", explain.Short(s.Target().Budgets.Ready))
}

func withNotes(result report.Result, notes []string) report.Result {
	for _, note := range notes {
		result.Evidence = append(result.Evidence, "target file: "+note)
	}
	return result
}
