package contract

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// ending is the judgement of how a life ended after it was asked to.
type ending struct {
	// fault is the kind of what is wrong, "" when nothing is.
	fault     string
	seen      []string
	diagnosis string
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
	case "left", "port", "unregister", "crash", "code":
		return true
	}
	return false
}

func (e *ending) result(s *Session) report.Result {
	expected := fmt.Sprintf("exit code 0 within %s, port free, no process left, unregister ran", short(s.target.Budgets.Stop))
	result := Passed(e.took, e.evidence...)
	if e.fault != "" {
		result = Failed(strings.Join(e.seen, "; "), e.diagnosis, e.evidence...)
	}
	result.Expected = expected
	return result
}

// judgeEnd looks at everything that an end in good order has. how names what
// it was asked with: SIGTERM, SIGINT or the stop request.
func (s *Session) judgeEnd(ctx context.Context, life *Life, exit *harness.Exit, how string) *ending {
	end := &ending{took: "exit code 0 after " + short(exit.Took)}
	if !exit.Asked {
		end.add("early", "it had ended before it was asked to: "+endOf(exit), "it does not stay alive by itself")
		return end
	}
	budget := short(s.target.Budgets.Stop)
	switch {
	case exit.Escalated:
		end.add("ignored", fmt.Sprintf("%s after %s it still ran and was killed", how, budget), s.whyIgnored(life, how))
	case exit.Signal != nil && crashed(exit.Signal):
		end.add("crash", fmt.Sprintf("after %s it crashed with %s", how, signalName(exit.Signal)), s.whyCrashed())
	case exit.Signal != nil:
		end.add("signal", fmt.Sprintf("%s ended it by %s", how, signalName(exit.Signal)), s.whyKilled(how))
	case exit.Code != 0:
		end.add("code", fmt.Sprintf("after %s it ended with exit code %d", how, exit.Code), s.whyCode(life, exit, how))
	}
	if len(exit.Left) > 0 {
		diagnosis := "it started processes and does not end them"
		if at := s.sources().cite("child"); at != "" {
			diagnosis += fmt.Sprintf(" (%s)", at)
		}
		end.add("left", "it left running: "+leftText(exit), diagnosis)
	}
	if held := s.portHeld(ctx, life); held != "" {
		end.add("port", held, "something still holds the port after the end")
	}
	if end.fault == "" || end.fault == "left" || end.fault == "port" {
		s.judgeUnregister(ctx, life, end)
	}
	return end
}

// judgeUnregister asks the witness whether the add-on could clean up.
func (s *Session) judgeUnregister(ctx context.Context, life *Life, end *ending) {
	wasEnabled := false
	for _, e := range life.saw(ctx, "enable") {
		wasEnabled = wasEnabled || e.OK && !e.Script
	}
	ran := life.saw(ctx, "unregister")
	if !wasEnabled && len(ran) == 0 {
		end.evidence = append(end.evidence, "unregister: not asked for, Blender was not told to enable the add-on")
		return
	}
	if version, never := s.neverUnregisters(ctx); never && len(ran) == 0 {
		end.evidence = append(end.evidence, "unregister: not asked for, Blender "+version+" never calls it at its end in background mode")
		return
	}
	if len(ran) == 0 {
		if len(life.saw(ctx, "atexit")) == 0 {
			end.add("unregister", "unregister() did not run, nor any atexit function", "it leaves through os._exit, which skips all clean-up"+s.at("exit"))
			return
		}
		end.add("unregister", "unregister() did not run", "the process ended before Blender could disable its add-ons")
		return
	}
	for _, e := range ran {
		if !e.OK {
			end.add("unregister", "unregister() raised "+lastLine(e.Traceback), "the add-on's clean-up fails, and what comes after the error in it is not done")
			end.evidence = append(end.evidence, strings.Split(strings.TrimSpace(e.Traceback), "\n")...)
			return
		}
	}
	end.took += ", unregister ran"
}

// neverUnregisters: Blender 2.83 in background mode ends without disabling its
// add-ons, and after sys.exit without atexit functions (measured on 2.83.5). 3.4.1
// and later do both.
func (s *Session) neverUnregisters(ctx context.Context) (version string, never bool) {
	info, err := s.backend.Info(ctx)
	return info.Version, err == nil && strings.HasPrefix(info.Version, "2.")
}

func (s *Session) whyIgnored(life *Life, how string) string {
	source := s.sources()
	switch {
	case how == "SIGINT":
		diagnosis := "no handler for SIGINT is in place: Blender swallows the first one in background mode, and KeyboardInterrupt is never raised"
		if at := source.cite("sigint"); at != "" {
			diagnosis += fmt.Sprintf("; the source names the signal (%s), so that code was not reached, its handler replaced, or it does not end the loop", at)
		}
		return diagnosis
	case how != "the stop request" && source.first("sigterm") != "":
		return fmt.Sprintf("the handler (%s) does not lead to the end of the keep-alive loop", source.cite("sigterm"))
	case len(life.saw(context.Background(), "atexit")) > 0 || len(life.saw(context.Background(), "finalize")) > 0:
		return "Python has begun to end and something does not let it: a thread that is no daemon, or clean-up code that waits"
	}
	return how + " is taken and nothing is done: the keep-alive loop goes on"
}

func (s *Session) whyKilled(how string) string {
	source := s.sources()
	diagnosis := fmt.Sprintf("no handler for %s is in place: the signal ends the process at once, without atexit, unregister and buffered output", how)
	kind := "sigterm"
	if how == "SIGINT" {
		kind = "sigint"
	}
	if at := source.cite(kind); at != "" {
		diagnosis += fmt.Sprintf("; the source names the signal (%s), so that code was not reached or its handler replaced", at)
	}
	return diagnosis
}

func (s *Session) whyCrashed() string {
	diagnosis := "the clean-up touches what Blender has already freed, or runs on another thread than Blender's own"
	if at := s.sources().cite("thread"); at != "" {
		diagnosis += fmt.Sprintf(" (%s)", at)
	}
	return diagnosis
}

func (s *Session) whyCode(life *Life, exit *harness.Exit, how string) string {
	if trace := traceback(life.Log().Tail(200)); trace != "" {
		return fmt.Sprintf("an exception on the way out: %s", trace)
	}
	if how == "SIGINT" && exit.Code == 2 {
		return "Blender's own SIGINT handler ended it at the second signal (code 2): the service has none"
	}
	diagnosis := "whoever started it takes an end that was asked for as an error: supervisors restart it or report it failed"
	if at := s.sources().with("exit", fmt.Sprintf("(%d)", exit.Code)).cite("exit"); at != "" {
		diagnosis += fmt.Sprintf("; the code comes from %s", at)
	} else if at := s.sources().cite("exit-text"); at != "" && exit.Code == 1 {
		diagnosis += fmt.Sprintf("; an exit with a text (%s) is status 1", at)
	}
	return diagnosis
}
