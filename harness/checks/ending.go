package checks

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// ending is the judgement of how a life ended after it was asked to.
type ending struct {
	// fault is the kind of what is wrong, "" when nothing is.
	fault     string
	seen      []string
	diagnosis string
	fix       string // where it is not the check's own
	cause     string // the name of the rule that found it
	took      string
	evidence  []string
}

// add notes something wrong. The first fault gives the diagnosis.
func (e *ending) add(fault, seen, diagnosis string) {
	e.seen = append(e.seen, seen)
	if e.fault == "" {
		e.fault, e.diagnosis = fault, diagnosis
	}
}

// shared says whether the fault lies behind every way to stop, and not in one
// of them.
func (e *ending) shared() bool {
	switch e.fault {
	case "lingers", "left", "port", "unregister", "crash", "code":
		return true
	}
	return false
}

func (e *ending) result(s *contract.Session) report.Result {
	expected := fmt.Sprintf("exit code 0 within %s, port free, no process left, unregister ran", explain.Short(s.Target().Budgets.Stop))
	result := contract.Passed(e.took, e.evidence...)
	if e.fault != "" {
		result = contract.Failed(strings.Join(e.seen, "; "), e.diagnosis, e.evidence...)
	}
	result.Expected, result.Fix, result.Cause = expected, e.fix, e.cause
	return result
}

// judgeEnd looks at everything that an end in good order has. how names what
// it was asked with: SIGTERM, SIGINT or the stop request.
func judgeEnd(ctx context.Context, s *contract.Session, life *contract.Life, exit *harness.Exit, how string) *ending {
	end := &ending{took: "exit code 0 after " + explain.Short(exit.Took)}
	if !exit.Asked {
		end.add("early", "it had ended before it was asked to: "+explain.HowEnded(exit), "it does not stay alive by itself")
		return end
	}
	if why, ok := explain.LeftBehind(life.Facts(ctx)); ok {
		end.add("left", fmt.Sprintf("after %s: %s; Blender was left running: %s", how, explain.HowEnded(exit), leftText(exit)), why)
		end.fix, end.cause = explain.FixWrapper, "wrapper-without-exec"
		return end
	}
	budget := explain.Short(s.Target().Budgets.Stop)
	switch {
	case exit.Escalated:
		facts := life.Facts(ctx)
		kind := "ignored"
		if facts.KeptByWrapper() {
			end.fix = explain.FixWrapper
		}
		if facts.Ending() {
			kind, end.fix = "lingers", explain.FixThread
			if facts.Kept() {
				end.cause = "thread-keeps"
			}
		}
		end.add(kind, fmt.Sprintf("%s after %s it still ran and was killed", how, budget), explain.Ignored(facts, how))
	case exit.Signal != nil && explain.IsCrash(exit.Signal):
		var why string
		why, end.fix = explain.CrashedAtEnd(life.Facts(ctx))
		end.add("crash", fmt.Sprintf("after %s it crashed with %s", how, explain.SignalName(exit.Signal)), why)
	case exit.Signal != nil:
		end.add("signal", fmt.Sprintf("%s ended it by %s", how, explain.SignalName(exit.Signal)), explain.Killed(life.Facts(ctx), how))
	case exit.Code != 0:
		end.add("code", fmt.Sprintf("after %s it ended with exit code %d", how, exit.Code), explain.WrongCode(life.Facts(ctx), how))
	}
	if len(exit.Left) > 0 {
		diagnosis := "it started processes and does not end them"
		if at := s.Source().Cite("child"); at != "" {
			diagnosis += fmt.Sprintf(" (%s)", at)
		}
		end.add("left", "it left running: "+leftText(exit), diagnosis)
	}
	if held := portHeld(ctx, s, life); held != "" {
		end.add("port", held, "something still holds the port after the end")
	}
	if end.fault == "" || end.fault == "left" || end.fault == "port" {
		judgeUnregister(ctx, s, life, end)
	}
	return end
}

// judgeUnregister asks the witness whether the add-on could clean up.
func judgeUnregister(ctx context.Context, s *contract.Session, life *contract.Life, end *ending) {
	wasEnabled := false
	for _, e := range life.Saw(ctx, "enable") {
		wasEnabled = wasEnabled || e.OK && !e.Script
	}
	ran := life.Saw(ctx, "unregister")
	if !wasEnabled && len(ran) == 0 {
		end.evidence = append(end.evidence, "unregister: not asked for, Blender was not told to enable the add-on")
		return
	}
	if version, never := neverUnregisters(ctx, s); never && len(ran) == 0 {
		end.evidence = append(end.evidence, "unregister: not asked for, Blender "+version+" never calls it at its end in background mode")
		return
	}
	if len(ran) == 0 {
		if len(life.Saw(ctx, "atexit")) == 0 {
			end.add("unregister", "unregister() did not run, nor any atexit function", "it leaves through os._exit, which skips all clean-up"+s.Source().Perhaps("exit"))
			return
		}
		end.add("unregister", "unregister() did not run", "the process ended before Blender could disable its add-ons")
		return
	}
	for _, e := range ran {
		if !e.OK {
			end.add("unregister", "unregister() raised "+explain.LastLine(e.Traceback), "the add-on's clean-up fails, and what comes after the error in it is not done")
			end.evidence = append(end.evidence, strings.Split(strings.TrimSpace(e.Traceback), "\n")...)
			return
		}
	}
	end.took += ", unregister ran"
}

// neverUnregisters: Blender 2.83 in background mode ends without disabling its
// add-ons, and after sys.exit without atexit functions (measured on 2.83.5). 3.4.1
// and later do both.
func neverUnregisters(ctx context.Context, s *contract.Session) (version string, never bool) {
	info, err := s.Backend().Info(ctx)
	return info.Version, err == nil && strings.HasPrefix(info.Version, "2.")
}

// portHeld says who holds the port after the end; "" when nobody does. A port
// that cannot be bound while nobody listens is in TIME_WAIT, because it was
// bound without SO_REUSEADDR: that is for alive/restart to judge.
func portHeld(ctx context.Context, s *contract.Session, life *contract.Life) string {
	if !s.Local() || life.Addr() == "" || !s.Target().HasPort() {
		return ""
	}
	listener, err := net.Listen("tcp", life.Addr())
	if err == nil {
		_ = listener.Close()
		return ""
	}
	var dialer net.Dialer
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, dialErr := dialer.DialContext(limited, "tcp", life.Addr())
	if dialErr != nil {
		return ""
	}
	_ = conn.Close()
	return fmt.Sprintf("%s still accepts connections, and cannot be bound again: %v", life.Addr(), err)
}

func leftText(exit *harness.Exit) string {
	var names []string
	for _, proc := range exit.Left {
		names = append(names, fmt.Sprintf("%s (%d)", proc.Name, proc.PID))
	}
	return strings.Join(names, ", ")
}
