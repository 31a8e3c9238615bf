package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopDuringStart = contract.Check{
	Name: "stop/during-start",
	True: "a SIGTERM during the start ends it, and leaves nothing",
	Why:  "A service that forgets a signal which came too early hangs until it is killed, and its supervisor with it.",
	How: "SIGTERM is sent as soon as the add-on has been enabled. Before a handler is installed the signal's own action is right, so " +
		"any end within the budget passes that is no crash and leaves no process and no port behind.",
	Fix: "Install the handlers before the server is started, and do not set the flag back when the loop begins:\n" +
		"    keep_running = True\n" +
		"    install_handlers()\n" +
		"    start_server()\n" +
		"    while keep_running: ...",
	Asks: contract.OwnLives,
	Run:  judgeDuringStart,
}

// judgeDuringStart sends SIGTERM as soon as Blender has begun with the add-on.
// Before a handler can be there the signal's own action is right, so it fails
// only for what is wrong at any time: it goes on, crashes, or leaves something.
func judgeDuringStart(ctx context.Context, s *contract.Session) report.Result {
	if err := s.Ready(ctx); err != nil {
		return contract.FromError(err)
	}
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM does not end it cleanly"); stop {
		return result
	}
	life, err := s.Launch(ctx, contract.Tweaks{Unready: true})
	if err != nil {
		return contract.FromError(err)
	}
	first := "enable"
	if s.Target().Module == "" {
		first = "begin" // there is no add-on: before the script
	}
	begun := life.Sees(ctx, first, s.Target().Budgets.Ready)
	if ctx.Err() != nil {
		return contract.FromError(ctx.Err())
	}
	exit, err := life.End(ctx, harness.StopGrace(s.Target().Budgets.Stop+usualStart(s)))
	if exit == nil {
		return contract.FromError(err)
	}
	end := judgeEnd(ctx, s, life, exit, "SIGTERM")
	switch end.fault {
	case "ignored":
		end.diagnosis = "a SIGTERM during the start is forgotten: the flag it sets is set back when the loop begins, or the handler is replaced later"
		if at := s.Source().Cite("quit"); at != "" {
			end.diagnosis += fmt.Sprintf("; a handler that calls bpy.ops.wm.quit_blender (%s) ends nothing: that does nothing in background mode", at)
		}
		return end.result(s)
	case "crash", "left", "port":
		return end.result(s)
	}
	when := "before the add-on was enabled"
	switch {
	case begun && first == "begin":
		when = "just before the script began"
	case begun:
		when = "when the add-on had just been enabled"
	}
	return contract.Passed(fmt.Sprintf("SIGTERM %s: %s, nothing left", when, explain.HowEnded(exit)))
}

// usualStart is how long the target takes to become ready.
func usualStart(s *contract.Session) time.Duration {
	if s.Current() != nil {
		return s.Current().ReadyAfter()
	}
	return 0
}
