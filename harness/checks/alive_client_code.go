package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var aliveClientCode = contract.Check{
	Name: "alive/client-code",
	True: "client code that raises, calls sys.exit or loads another file does not end the service",
	Why:  "Client code is not the service's code: what ends it must not end the service for the others.",
	How: "On a life of its own: exec of code that raises, that calls sys.exit(3), that opens another .blend file, that loads an empty " +
		"one; after each a request must be answered, and at the end code must still run.",
	Fix: "Catch BaseException around exec: SystemExit is no Exception.\n" +
		"    try:\n" +
		"        exec(compile(code, \"<request>\", \"exec\"), {\"bpy\": bpy})\n" +
		"    except BaseException as error:\n" +
		"        return failure(error)\n" +
		"Keep the service's state in the module, not in the scene: loading a file replaces all scenes.",
	Needs: []contract.Need{contract.NeedService, contract.NeedExec},
	Asks:  contract.OwnLives,
	Run:   judgeClientCode,
}

// clientCodes are what a client may send that must not end the service. Each
// is one exec; after each the service is asked again.
func clientCodes(life *contract.Life) []struct{ what, code string } {
	file := contract.PyString(life.Scratch() + "/other.blend")
	return []struct{ what, code string }{
		{"code that raises an exception", "raise ValueError('bgcheck: raised by the client')"},
		{"code that calls sys.exit(3)", "import sys\nsys.exit(3)"},
		{"code that loads another file", "import bpy\nbpy.ops.wm.save_as_mainfile(filepath=" + file + ", copy=True)\n" +
			"bpy.ops.wm.open_mainfile(filepath=" + file + ")"},
		{"code that loads an empty file", "import bpy\nbpy.ops.wm.read_homefile(use_empty=True)"},
	}
}

// judgeClientCode runs code that a client may send on a life of its own.
func judgeClientCode(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsExec(ctx, s); stop {
		return result
	}
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	var survived []string
	for _, one := range clientCodes(life) {
		reply, replyErr := life.Exec(ctx, one.code)
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		// A loop that ends on what it sees does so at its next turn, not at once.
		contract.EndsWithin(ctx, life, contract.Settling)
		pingErr := life.Ask(ctx)
		if pingErr != nil && s.Ended(ctx, life) {
			_, why := explain.Ended(life.Facts(ctx))
			return contract.Failed(fmt.Sprintf("after %s it ended: %s", one.what, explain.HowEnded(life.Exit())),
				"what client code raises is not caught where it is run"+orNot(": ", why)+catchesExit(s), survived...)
		}
		if pingErr != nil {
			return contract.Failed(fmt.Sprintf("after %s it lives and does not answer: %s", one.what, explain.FirstLine(pingErr)),
				"what client code raises ends the loop or the handler that serves the others", survived...)
		}
		survived = append(survived, fmt.Sprintf("%s: %s", one.what, contract.ReplyText(reply, replyErr)))
	}
	seen, err := life.Try(ctx, "_bg['scenes'] = len(bpy.data.scenes)")
	if err != nil {
		return contract.FromError(err)
	}
	if seen.Wrote == nil {
		return contract.Failed("after a file was loaded it answers, and runs no code any more",
			"loading a file takes away what the add-on keeps in Blender's data or handlers (persistent handlers need @bpy.app.handlers.persistent)",
			append(survived, "reply: "+contract.ReplyText(seen.Reply, seen.ReplyErr))...)
	}
	return contract.Passed(fmt.Sprintf("it answered after each of %d and runs code after a file was loaded", len(survived)), survived...)
}

func catchesExit(s *contract.Session) string {
	if s.Source().First("catch-exit") == "" && s.Source().First("catch") != "" {
		return fmt.Sprintf("; `except Exception` (%s) does not catch SystemExit and KeyboardInterrupt", s.Source().First("catch"))
	}
	return ""
}

func orNot(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}
