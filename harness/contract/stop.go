package contract

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// stopSIGTERM is judged first of its area: what else stops a service is of no
// use to judge when this fails.
func stopSIGTERM(ctx context.Context, s *Session) report.Result {
	life, err := s.launchAtRest(ctx)
	if err != nil {
		return FromError(err)
	}
	exit, err := life.stop(ctx, harness.StopGrace(s.target.Budgets.Stop))
	if exit == nil {
		return FromError(err)
	}
	end := s.judgeEnd(ctx, life, exit, "SIGTERM")
	s.sigterm, s.cleanups = end.fault, len(life.saw(ctx, "unregister"))
	return end.result(s)
}

func stopSIGINT(ctx context.Context, s *Session) report.Result {
	life, err := s.launchAtRest(ctx)
	if err != nil {
		return FromError(err)
	}
	exit, err := life.stop(ctx, harness.StopSignal(os.Interrupt), harness.StopGrace(s.target.Budgets.Stop))
	if exit == nil {
		return FromError(err)
	}
	return s.unlessSame(ctx, s.judgeEnd(ctx, life, exit, "SIGINT"))
}

func stopTwice(ctx context.Context, s *Session) report.Result {
	if result, stop := s.after(ctx, "stop/sigterm", "SIGTERM does not end it cleanly"); stop {
		return result
	}
	life, err := s.launchAtRest(ctx)
	if err != nil {
		return FromError(err)
	}
	life.asked = true
	if err := life.Signal(ctx, syscall.SIGTERM); err != nil {
		return FromError(err)
	}
	select {
	case <-life.Done():
	case <-time.After(30 * time.Millisecond):
		_ = life.Signal(ctx, syscall.SIGTERM) // it may have ended just now
	}
	exit, err := s.awaitEnd(ctx, life, s.target.Budgets.Stop)
	if exit == nil {
		return FromError(err)
	}
	end := s.judgeEnd(ctx, life, exit, "SIGTERM")
	if count := len(life.saw(ctx, "unregister")); end.fault == "" && count > max(1, s.cleanups) {
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

// stopDuringExec sends SIGTERM while code of a client runs for about a second.
func stopDuringExec(ctx context.Context, s *Session) report.Result {
	if result, stop := s.needsExec(ctx); stop {
		return result
	}
	if result, stop := s.after(ctx, "stop/sigterm", "SIGTERM does not end it cleanly"); stop {
		return result
	}
	life, err := s.Launch(ctx, Tweaks{})
	if err != nil {
		return FromError(err)
	}
	const length = time.Second
	runs := "runs-" + nonce()
	code := "import time\n" + life.marker(runs) + "\ntime.sleep(0.5)\ntime.sleep(0.5)\n"
	replied := make(chan struct{})
	go func() {
		defer close(replied)
		_, _ = life.exec(ctx, code) // whether it is answered is not judged here
	}()
	defer func() { <-replied }()
	if !life.marked(ctx, runs, s.patience()) {
		return Undecided("the code that should have been interrupted never began")
	}
	// A second client waits meanwhile. When its request has arrived nobody can see.
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		_, _ = life.exec(ctx, "pass")
	}()
	defer func() { <-waiting }()
	pause(ctx, length/10)
	exit, err := life.stop(ctx, harness.StopGrace(s.target.Budgets.Stop+length))
	if exit == nil {
		return FromError(err)
	}
	end := s.judgeEnd(ctx, life, exit, "SIGTERM")
	switch end.fault {
	case "ignored":
		end.diagnosis = "a SIGTERM that comes while client code runs is lost: the handler raises SystemExit into that code and it is caught there as the client's error, or the handler puts it off for good, or the clean-up waits for the other client, whose code nobody runs any more" + s.at("catch-exit")
	case "signal", "code":
		end.diagnosis = "SIGTERM in the middle of client code ends it another way than when it is idle; " + end.diagnosis
	}
	return end.result(s)
}

// stopDuringStart sends SIGTERM as soon as Blender has begun with the add-on.
// Before a handler can be there the signal's own action is right, so it fails
// only for what is wrong at any time: it goes on, crashes, or leaves something.
func stopDuringStart(ctx context.Context, s *Session) report.Result {
	if _, err := s.Shared(ctx); err != nil {
		return FromError(err)
	}
	if result, stop := s.after(ctx, "stop/sigterm", "SIGTERM does not end it cleanly"); stop {
		return result
	}
	life, err := s.Launch(ctx, Tweaks{Unready: true})
	if err != nil {
		return FromError(err)
	}
	first := "enable"
	if s.target.Module == "" {
		first = "begin" // there is no add-on: before the script
	}
	begun := life.sees(ctx, first, s.target.Budgets.Ready)
	if ctx.Err() != nil {
		return FromError(ctx.Err())
	}
	exit, err := life.stop(ctx, harness.StopGrace(s.target.Budgets.Stop+s.usualStart()))
	if exit == nil {
		return FromError(err)
	}
	end := s.judgeEnd(ctx, life, exit, "SIGTERM")
	switch end.fault {
	case "ignored":
		end.diagnosis = "a SIGTERM during the start is forgotten: the flag it sets is set back when the loop begins, or the handler is replaced later"
		if at := s.sources().cite("quit"); at != "" {
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
	return Passed(fmt.Sprintf("SIGTERM %s: %s, nothing left", when, endOf(exit)))
}

// usualStart is how long the target takes to become ready.
func (s *Session) usualStart() time.Duration {
	if s.shared != nil {
		return s.shared.ReadyAfter()
	}
	return 0
}

// stopRequest uses the service's own request.
func stopRequest(ctx context.Context, s *Session) report.Result {
	life, err := s.Launch(ctx, Tweaks{})
	if err != nil {
		return FromError(err)
	}
	life.asked = true
	began := time.Now()
	reply, replyErr := life.requestStop(ctx)
	ended, err := s.awaitEnd(ctx, life, s.target.Budgets.Stop)
	if ended == nil {
		return FromError(err)
	}
	exit := *ended // the harness knows of signals only as requests to end
	exit.Asked, exit.Took = true, time.Since(began)
	end := s.judgeEnd(ctx, life, &exit, "the stop request")
	if end.fault == "ignored" {
		end.diagnosis = "the request ends the server or nothing, and the process goes on"
		if at := s.sources().cite("quit"); at != "" {
			end.diagnosis += fmt.Sprintf("; bpy.ops.wm.quit_blender returns FINISHED and does nothing in background mode (%s)", at)
		}
	}
	result := s.unlessSame(ctx, end)
	result.Evidence = append(result.Evidence, "reply: "+replyText(reply, replyErr))
	return result
}

// awaitEnd waits for the end within the budget, then kills.
func (s *Session) awaitEnd(ctx context.Context, life *Life, budget time.Duration) (*harness.Exit, error) {
	wait, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	exit, err := life.Wait(wait)
	if exit != nil || ctx.Err() != nil {
		return exit, err
	}
	killed, err := life.Kill(ctx)
	if killed == nil {
		return nil, err
	}
	late := *killed
	late.Asked, late.Escalated = true, true
	return &late, nil
}

// unlessSame skips when stop/sigterm has failed for the same fault: one fault
// of the clean-up is reported once.
func (s *Session) unlessSame(ctx context.Context, end *ending) report.Result {
	if end.fault == "" {
		return end.result(s)
	}
	first := s.verdict(ctx, "stop/sigterm")
	if first.Verdict == report.Fail && s.sigterm == end.fault && end.shared() {
		return Skipped(fmt.Sprintf("the same fault: see stop/sigterm (%s)", first.Seen))
	}
	return end.result(s)
}

// portHeld says who holds the port after the end; "" when nobody does. A port
// that cannot be bound while nobody listens is in TIME_WAIT, because it was
// bound without SO_REUSEADDR: that is for alive/restart to judge.
func (s *Session) portHeld(ctx context.Context, life *Life) string {
	if !s.local() || life.addr == "" {
		return ""
	}
	listener, err := net.Listen("tcp", life.addr)
	if err == nil {
		_ = listener.Close()
		return ""
	}
	var dialer net.Dialer
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, dialErr := dialer.DialContext(limited, "tcp", life.addr)
	if dialErr != nil {
		return ""
	}
	_ = conn.Close()
	return fmt.Sprintf("%s still accepts connections, and cannot be bound again: %v", life.addr, err)
}

func leftText(exit *harness.Exit) string {
	var names []string
	for _, proc := range exit.Left {
		names = append(names, fmt.Sprintf("%s (%d)", proc.Name, proc.PID))
	}
	return strings.Join(names, ", ")
}
