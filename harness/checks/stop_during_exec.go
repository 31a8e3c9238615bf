package checks

import (
	"context"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopDuringExec = contract.Check{
	Name: "stop/during-exec",
	True: "a SIGTERM that comes while client code runs ends it in the same way, after that code",
	Why: "A handler that raises SystemExit raises it inside the client's code, where the service catches it as the client's error: the signal is lost. " +
		"A clean-up that waits for all clients waits for ever when nobody runs their code any more.",
	How: "Code that takes a second is sent; when it has begun, another client's, and SIGTERM. One second is added to the stop budget.",
	Fix: "Do not call sys.exit in the handler: set a flag or use loop.add_signal_handler, and end the loop when the code has returned.\n" +
		"    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())\n" +
		"Before you wait for threads of clients, give those that wait for the main thread an answer: we are ending.",
	Needs: []contract.Need{contract.NeedService, contract.NeedExec},
	Asks:  contract.OwnLives,
	Run:   judgeDuringExec,
}

const fixEndWaits = "Wait for nobody at the end who waits for the main thread: give the clients that are left an answer (we are ending) first, or let their threads be daemons.\n" +
	"    server.daemon_threads = True      # socketserver\n" +
	"    thread.join(timeout=2)            # in place of thread.join()"

// judgeDuringExec sends SIGTERM while code of a client runs for about a second.
func judgeDuringExec(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsExec(ctx, s); stop {
		return result
	}
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM does not end it cleanly"); stop {
		return result
	}
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	const length = time.Second
	runs := "runs-" + contract.Nonce()
	code := "import time\n" + life.Marker(runs) + "\ntime.sleep(0.5)\ntime.sleep(0.5)\n"
	replied := make(chan struct{})
	go func() {
		defer close(replied)
		_, _ = life.Exec(ctx, code) // whether it is answered is not judged here
	}()
	defer func() { <-replied }()
	if !life.Marked(ctx, runs, s.Patience()) {
		return contract.Undecided("the code that should have been interrupted never began")
	}
	// A second client waits meanwhile. When its request has arrived nobody can see.
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		_, _ = life.Exec(ctx, "pass")
	}()
	defer func() { <-waiting }()
	contract.Pause(ctx, length/10)
	if wire := life.Wire(); wire != nil {
		_ = wire.CloseInput() // who has started it ends its input first
	}
	exit, err := life.End(ctx, harness.StopGrace(s.Target().Budgets.Stop+length))
	if exit == nil {
		return contract.FromError(err)
	}
	end := judgeEnd(ctx, s, life, exit, "SIGTERM")
	switch end.fault {
	case "ignored":
		if hang := explain.Hang(life.Facts(ctx)); hang.Text != "" {
			end.diagnosis = "SIGTERM in the middle of client code does not end it: " + hang.Text
			if hang.Name == "waits" {
				end.fix = fixEndWaits
			}
			break
		}
		end.diagnosis = "perhaps a SIGTERM that comes while client code runs is lost: the handler raises SystemExit into that code and it is caught there as the client's error, or the handler puts it off for good, or the clean-up waits for the other client, whose code nobody runs any more" + s.Source().Perhaps("catch-exit")
	case "signal", "code":
		end.diagnosis = "SIGTERM in the middle of client code ends it another way than when it is idle; " + end.diagnosis
	}
	return end.result(s)
}
