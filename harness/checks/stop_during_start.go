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
	How: "SIGTERM is sent to four lives, each at another stage: before the launch script, when the add-on has been enabled, when the port is bound, and at the first " +
		"answer. Before a handler is installed the signal's own action is right, so any end within the budget passes that is no crash and leaves no process and no port behind.",
	Fix: "Install the handlers before the server is started, and do not set the flag back when the loop begins:\n" +
		"    keep_running = True\n" +
		"    install_handlers()\n" +
		"    start_server()\n" +
		"    while keep_running: ...",
	Asks: contract.OwnLives,
	Run:  judgeDuringStart,
}

// stage is a moment of the start.
type stage struct {
	when   string
	comes  func(ctx context.Context, s *contract.Session, life *contract.Life, within time.Duration) bool
	offers func(s *contract.Session) bool // whether the target has it; nil: each has
}

// stages of the start, in their order.
var stages = []stage{
	{"just before the script began", sees("begin"), nil},
	{"when the add-on had just been enabled", sees("enable"), func(s *contract.Session) bool { return s.Target().Module != "" }},
	{"when it had just bound its port", func(ctx context.Context, _ *contract.Session, life *contract.Life, within time.Duration) bool {
		return life.Listens(ctx, within)
	}, (*contract.Session).OverTCP},
	{"when it had just answered for the first time", func(ctx context.Context, _ *contract.Session, life *contract.Life, within time.Duration) bool {
		limited, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return life.WaitReady(limited, life.AskAt) == nil
	}, func(s *contract.Session) bool { return s.Target().Service.Protocol != "none" }},
}

func sees(event string) func(context.Context, *contract.Session, *contract.Life, time.Duration) bool {
	return func(ctx context.Context, _ *contract.Session, life *contract.Life, within time.Duration) bool {
		return life.Sees(ctx, event, within)
	}
}

// judgeDuringStart sends SIGTERM at each stage of the start, to a life each. Before a
// handler can be there the signal's own action is right, so it fails only for
// what is wrong at any time: it goes on, crashes, or leaves something.
func judgeDuringStart(ctx context.Context, s *contract.Session) report.Result {
	if err := s.Ready(ctx); err != nil {
		return contract.FromError(err)
	}
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM does not end it cleanly"); stop {
		return result
	}
	var ends []string
	for _, one := range stages {
		if one.offers != nil && !one.offers(s) {
			continue
		}
		life, err := s.Launch(ctx, contract.Tweaks{Unready: true})
		if err != nil {
			return contract.FromError(err)
		}
		came := one.comes(ctx, s, life, s.Target().Budgets.Ready)
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		exit, err := life.End(ctx, harness.StopGrace(s.Target().Budgets.Stop+usualStart(s)))
		if exit == nil {
			return contract.FromError(err)
		}
		if !came {
			continue // it ended, or the machine is too busy: nothing was seen of this stage
		}
		end := judgeEnd(ctx, s, life, exit, "SIGTERM "+one.when)
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
		ends = append(ends, fmt.Sprintf("SIGTERM %s: %s, nothing left", one.when, explain.HowEnded(exit)))
	}
	if len(ends) == 0 {
		return contract.Undecided("no stage of the start was seen in time")
	}
	return contract.Passed(fmt.Sprintf("it ended at each of %d stages, nothing left", len(ends)), ends...)
}

// usualStart is how long the target takes to become ready.
func usualStart(s *contract.Session) time.Duration {
	if s.Current() != nil {
		return s.Current().ReadyAfter()
	}
	return 0
}
