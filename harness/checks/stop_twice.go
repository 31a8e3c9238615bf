package checks

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopTwice = contract.Check{
	Name: "stop/twice",
	True: "two SIGTERMs a moment apart end it as one does, and clean up once",
	Why:  "Supervisors send a signal to a group and to its leader; impatient people press Ctrl+C twice. The second must not break the clean-up of the first.",
	How:  "SIGTERM is sent, and again 30 ms later if it still runs.",
	Fix: "Let the handler only note the request, and nothing more the second time:\n" +
		"    def on_signal(number, frame):\n" +
		"        global keep_running\n" +
		"        keep_running = False\n" +
		"and ignore further signals once the loop has ended; loop.close() puts their own action back:\n" +
		ignoreSignals,
	Asks:  contract.OwnLives,
	Works: true,
	Run:   judgeTwice,
}

func judgeTwice(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM does not end it cleanly"); stop {
		return result
	}
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	life.AskedToEnd()
	if err := life.Signal(ctx, syscall.SIGTERM); err != nil {
		return contract.FromError(err)
	}
	select {
	case <-life.Done():
	case <-time.After(30 * time.Millisecond):
		_ = life.Signal(ctx, syscall.SIGTERM) // it may have ended just now
	}
	exit, err := awaitEnd(ctx, s, life, s.Target().Budgets.Stop)
	if exit == nil {
		return contract.FromError(err)
	}
	end := judgeEnd(ctx, s, life, exit, "SIGTERM")
	first, _ := atSIGTERM.Known(ctx, s)
	if count := len(life.Saw(ctx, "unregister")); end.fault == "" && count > max(1, first.cleanups) {
		end.add("unregister", fmt.Sprintf("unregister() ran %d times", count),
			"the second signal starts the clean-up again: the handler does not know that it has already run")
	}
	result := end.result(s)
	switch end.fault {
	case "signal":
		result.Diagnosis = "the second SIGTERM comes when the handler is gone and the process not yet: loop.close(), remove_signal_handler and the end of " +
			"Python put the signal's own action back, which ends it at once"
		result.Fix = "Once the end has begun, ignore further signals, and leave it so to the end of the process:\n" +
			ignoreSignals + "   # behind loop.close(), which puts the default back"
	case "code":
		result.Diagnosis = "the second SIGTERM interrupts the clean-up that the first one began; " + result.Diagnosis
	}
	return result
}

// ignoreSignals are lines of the remedy for a second signal.
const ignoreSignals = "    for number in (signal.SIGTERM, signal.SIGINT):\n" +
	"        signal.signal(number, signal.SIG_IGN)"
