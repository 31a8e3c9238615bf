package contract

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

func faultOf(err error) *FaultError {
	var fault *FaultError
	if errors.As(err, &fault) {
		return fault
	}
	return nil
}

// aliveScene looks whether the service still stands on Blender's data.
func aliveScene(ctx context.Context, s *Session) report.Result {
	life, err := s.Shared(ctx)
	if result, ok := ownFault(err, "alive/scene"); ok {
		return result
	}
	if err != nil {
		return FromError(err)
	}
	if len(life.saw(ctx, "finalize")) > 0 {
		result, _ := ownFault(s.zombie(ctx, life), "alive/scene")
		return result
	}
	const byWitness = "Python has not begun to end while the service answers"
	if s.target.Exec == nil {
		return Passed(byWitness + " (the target has no exec request to look with)")
	}
	if result := s.verdict(ctx, "exec/takes-effect"); result.Verdict == report.Fail {
		return Passed(byWitness + " (bpy.data was not looked at: see exec/takes-effect)")
	}
	if life, err = s.Shared(ctx); err != nil {
		return FromError(err)
	}
	seen, err := life.run(ctx, "_bg['scenes'] = len(bpy.data.scenes)\n_bg['worlds'] = len(bpy.data.worlds)\n_bg['objects'] = len(bpy.data.objects)")
	if err != nil {
		return FromError(err)
	}
	if seen.wrote == nil {
		return Undecided("the code that looks at bpy.data had no effect", "reply: "+excerpt(seen.reply))
	}
	figures := fmt.Sprintf("%v scenes, %v worlds, %v objects", seen.wrote["scenes"], seen.wrote["worlds"], seen.wrote["objects"])
	if count, _ := seen.wrote["scenes"].(float64); count == 0 {
		return Failed("bpy.data is empty while the service answers: "+figures, s.whyZombie())
	}
	return Passed("bpy.data holds " + figures)
}

// aliveRestart ends the shared life, by whatever stops it, and launches another
// one on the same port at once.
func aliveRestart(ctx context.Context, s *Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	port := life.port()
	if port == 0 {
		return Skipped("the port of the service is not known")
	}
	// Connections that the service has closed hold the port in TIME_WAIT.
	_ = life.ping(ctx)
	// So do those of clients that are connected when it ends.
	if address, err := life.Address(ctx); err == nil && s.target.Service.Protocol != "command" {
		if conn, err := (&net.Dialer{Timeout: s.brief()}).DialContext(ctx, "tcp", address); err == nil {
			defer func() { _ = conn.Close() }()
		}
	}
	exit, err := life.stop(ctx, harness.StopGrace(s.target.Budgets.Stop))
	if exit == nil {
		return FromError(fmt.Errorf("stop before the restart: %w", err))
	}
	s.retire()
	began := time.Now()
	again, err := s.Launch(ctx, Tweaks{Port: port})
	if fault := faultOf(err); fault != nil {
		diagnosis := fault.Diagnosis
		if again != nil && mentions(again.Log().Tail(50), "in use", "errno 98", "errno 48", "10048") {
			diagnosis = "the port counts as taken while closed connections are in TIME_WAIT: the listening socket is made without SO_REUSEADDR"
		}
		return Failed(fmt.Sprintf("started again on port %d it did not answer: %s", port, fault.Seen), diagnosis, "before: "+endOf(exit))
	}
	if err != nil {
		return FromError(err)
	}
	s.shared = again
	return Passed(fmt.Sprintf("started again on port %d it answered after %s", port, short(time.Since(began))))
}

// clientCodes are what a client may send that must not end the service. Each
// is one exec; after each the service is asked again.
func clientCodes(life *Life) []struct{ what, code string } {
	file := pyString(life.Scratch() + "/other.blend")
	return []struct{ what, code string }{
		{"code that raises an exception", "raise ValueError('bgcheck: raised by the client')"},
		{"code that calls sys.exit(3)", "import sys\nsys.exit(3)"},
		{"code that loads another file", "import bpy\nbpy.ops.wm.save_as_mainfile(filepath=" + file + ", copy=True)\n" +
			"bpy.ops.wm.open_mainfile(filepath=" + file + ")"},
		{"code that loads an empty file", "import bpy\nbpy.ops.wm.read_homefile(use_empty=True)"},
	}
}

// aliveClientCode runs code that a client may send on a life of its own.
func aliveClientCode(ctx context.Context, s *Session) report.Result {
	if result, stop := s.needsExec(ctx); stop {
		return result
	}
	life, err := s.Launch(ctx, Tweaks{})
	if err != nil {
		return FromError(err)
	}
	var survived []string
	for _, one := range clientCodes(life) {
		reply, replyErr := life.exec(ctx, one.code)
		if ctx.Err() != nil {
			return FromError(ctx.Err())
		}
		// A loop that ends on what it sees does so at its next turn, not at once.
		endsWithin(ctx, life, settling)
		pingErr := life.ping(ctx)
		if pingErr != nil && s.ended(ctx, life) {
			_, why := s.whyEnded(ctx, life)
			return Failed(fmt.Sprintf("after %s it ended: %s", one.what, endOf(life.Exit())),
				"what client code raises is not caught where it is run"+orNot(": ", why)+catchesExit(s), survived...)
		}
		if pingErr != nil {
			return Failed(fmt.Sprintf("after %s it lives and does not answer: %s", one.what, firstLine(pingErr)),
				"what client code raises ends the loop or the handler that serves the others", survived...)
		}
		survived = append(survived, fmt.Sprintf("%s: %s", one.what, replyText(reply, replyErr)))
	}
	seen, err := life.run(ctx, "_bg['scenes'] = len(bpy.data.scenes)")
	if err != nil {
		return FromError(err)
	}
	if seen.wrote == nil {
		return Failed("after a file was loaded it answers, and runs no code any more",
			"loading a file takes away what the add-on keeps in Blender's data or handlers (persistent handlers need @bpy.app.handlers.persistent)",
			append(survived, "reply: "+replyText(seen.reply, seen.replyErr))...)
	}
	return Passed(fmt.Sprintf("it answered after each of %d and runs code after a file was loaded", len(survived)), survived...)
}

func catchesExit(s *Session) string {
	if s.sources().first("catch-exit") == "" && s.sources().first("catch") != "" {
		return fmt.Sprintf("; `except Exception` (%s) does not catch SystemExit and KeyboardInterrupt", s.sources().first("catch"))
	}
	return ""
}

func orNot(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

func replyText(reply []byte, err error) string {
	if err != nil {
		return "no reply: " + firstLine(err)
	}
	return excerpt(reply)
}
