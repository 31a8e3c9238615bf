package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var aliveClientCode = contract.Check{
	Name: "alive/client-code",
	True: "client code that raises, exits, quits or loads another file does not end the service, and one that left by sys.exit(3) is not told that it ran well",
	Why:  "Client code is not the service's code: what ends it must not end the service for the others.",
	How: "Exec of code that raises, that calls sys.exit(3), that raises SystemExit and KeyboardInterrupt, that opens another .blend file, " +
		"that loads an empty one or the factory settings, that calls quit_blender (unless that is the service's own stop request). After each a " +
		"request must be answered; what ends it is tried again in a life of its own, and the rest in another. At the end code must still run. A service that " +
		"ends because Blender has disabled its add-on, as the factory settings may, or in good order because quit_blender asked for it, passes.",
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

// clientCode is what a client may send that must not end the service.
type clientCode struct {
	what, code string
	raises     bool // one fault is behind all those that raise
	failed     bool // its client must not be told that all went well
	// mayEnd: Blender or the service may take it as a wish for the end in good order.
	mayEnd func(ctx context.Context, life *contract.Life) bool
}

// clientCodes are one exec each, for a life; after each the service is asked again.
func clientCodes(s *contract.Session, life *contract.Life) []clientCode {
	file := contract.PyString(life.Scratch() + "/other.blend")
	codes := []clientCode{
		{what: "code that raises an exception", code: "raise ValueError('bgcheck: raised by the client')", raises: true},
		{what: "code that calls sys.exit(3)", code: "import sys\nsys.exit(3)", raises: true, failed: true},
		{what: "code that raises SystemExit", code: "raise SystemExit", raises: true},
		{what: "code that raises KeyboardInterrupt", code: "raise KeyboardInterrupt", raises: true, failed: true},
		{what: "code that loads another file", code: "import bpy\nbpy.ops.wm.save_as_mainfile(filepath=" + file + ", copy=True)\n" +
			"bpy.ops.wm.open_mainfile(filepath=" + file + ")"},
		{what: "code that loads an empty file", code: "import bpy\nbpy.ops.wm.read_homefile(use_empty=True)"},
	}
	if stop := s.Target().Stop; stop == nil || !strings.Contains(stop.Request, "quit_blender") {
		codes = append(codes, clientCode{what: "code that calls quit_blender", code: "import bpy\nbpy.ops.wm.quit_blender()", mayEnd: inOrder})
	}
	// Last: it may disable the add-on, and what comes then says nothing.
	return append(codes, clientCode{what: "code that loads the factory settings", code: "import bpy\nbpy.ops.wm.read_factory_settings(use_empty=True)", mayEnd: disabled(s)})
}

// inOrder: it has ended with code 0.
func inOrder(_ context.Context, life *contract.Life) bool {
	exit := life.Exit()
	return exit != nil && exit.Signal == nil && exit.Code == 0
}

// disabled: Blender has called the add-on's unregister(), as read_factory_settings does
// with what the preferences do not name, and the service is gone with it. How Blender
// itself ends then is for the stop checks. An add-on that stands on another one, which
// is disabled as well, may end in order without its own unregister().
func disabled(s *contract.Session) func(context.Context, *contract.Life) bool {
	return func(ctx context.Context, life *contract.Life) bool {
		return len(life.Saw(ctx, "unregister")) > 0 || len(s.Target().RequiredPaths()) > 0 && inOrder(ctx, life)
	}
}

// judgeClientCode runs code that a client may send on lives of its own.
func judgeClientCode(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsExec(ctx, s); stop {
		return result
	}
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	var survived, seen, praised []string
	var first *report.Result
	raising := false // one that raises has ended it
	honest := true   // an ordinary error is not told as success
	before := 0      // codes that this life has run
	count := len(clientCodes(s, life))
	for i := range count {
		if life == nil {
			if life, err = s.Launch(ctx, contract.Tweaks{}); err != nil {
				return contract.FromError(err)
			}
			before = 0
		}
		code := clientCodes(s, life)[i]
		if raising && code.raises {
			continue
		}
		reply, ended, err := endedBy(ctx, s, life, code)
		if err != nil {
			return contract.FromError(err)
		}
		if field := praise(reply); code.failed && field != "" {
			praised = append(praised, fmt.Sprintf("%s is answered with %s, as code that ran well is", code.what, field))
		} else if i == 0 && field != "" { // of all errors: see exec/reports-errors
			honest = false
		}
		if ended == nil {
			survived = append(survived, code.what+": it answers")
			before++
			continue
		}
		life = nil
		if ended.byDesign {
			survived = append(survived, code.what+": it ended as that asks for")
			continue
		}
		if before > 0 { // perhaps for what came before
			alone, err := s.Launch(ctx, contract.Tweaks{})
			if err != nil {
				return contract.FromError(err)
			}
			_, again, err := endedBy(ctx, s, alone, clientCodes(s, alone)[i])
			switch {
			case err != nil:
				return contract.FromError(err)
			case again == nil:
				ended.result.Seen += " (alone in a life it does not: the codes before it count, too)"
			default:
				ended = again
			}
		}
		raising = raising || code.raises
		seen = append(seen, ended.result.Seen)
		if first == nil {
			first = &ended.result
		}
	}
	if first != nil {
		first.Seen = strings.Join(seen, "; ")
		first.Evidence = append(survived, first.Evidence...)
		return *first
	}
	if len(praised) > 0 && honest {
		result := contract.Failed(strings.Join(praised, "; "),
			"what is no Exception is caught apart from the errors of client code, and told as success: the client cannot know that its code broke off"+
				s.Source().Perhaps("catch-exit"), survived...)
		result.Fix = fixPraised
		return result
	}
	if life == nil {
		return contract.Passed(fmt.Sprintf("it answered after each of %d, or ended where that was asked for", count), survived...)
	}
	tried, err := life.Try(ctx, "_bg['scenes'] = len(bpy.data.scenes)")
	if err != nil {
		return contract.FromError(err)
	}
	if tried.Wrote == nil && !disabled(s)(ctx, life) {
		return contract.Failed("after a file was loaded it answers, and runs no code any more",
			"loading a file takes away what the add-on keeps in Blender's data or handlers (persistent handlers need @bpy.app.handlers.persistent)",
			append(survived, "reply: "+contract.ReplyText(tried.Reply, tried.ReplyErr))...)
	}
	return contract.Passed(fmt.Sprintf("it answered after each of %d and runs code after a file was loaded", count), survived...)
}

// lost is a service that does not answer any more: how that is reported, unless it
// is by design.
type lost struct {
	result   report.Result
	byDesign bool
}

// praise is the field of a reply that says success, where nothing in it names what broke
// the code off; "" otherwise.
func praise(reply []byte) string {
	if said := texts(reply); strings.Contains(said, "SystemExit") || strings.Contains(said, "KeyboardInterrupt") || strings.Contains(said, "ValueError") {
		return ""
	}
	return saysSuccess(reply)
}

const fixPraised = "Answer with a status as with an error, unless it is none or 0:\n" +
	"    except SystemExit as error:\n" +
	"        if error.code not in (None, 0):\n" +
	"            return failure(error)\n" +
	"    except BaseException as error:\n" +
	"        return failure(error)"

// endedBy runs a code and looks whether the service answers after it; lost is nil when
// it does.
func endedBy(ctx context.Context, s *contract.Session, life *contract.Life, code clientCode) (reply []byte, ended *lost, err error) {
	reply, _ = life.Exec(ctx, code.code)
	ended, err = lostBy(ctx, s, life, code)
	return reply, ended, err
}

func lostBy(ctx context.Context, s *contract.Session, life *contract.Life, code clientCode) (*lost, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// A loop that ends on what it sees does so at its next turn, not at once.
	contract.EndsWithin(ctx, life, contract.Settling)
	err := life.Ask(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
		return nil, nil
	}
	ended := s.Ended(ctx, life)
	switch {
	case code.mayEnd != nil && code.mayEnd(ctx, life):
		return &lost{byDesign: true}, nil
	case ended:
		result := life.Died(ctx, fmt.Sprintf("after %s it ended", code.what))
		if code.raises {
			result.Diagnosis = "what client code raises is not caught where it is run" + orNot(": ", result.Diagnosis) + catchesExit(s)
		} else {
			result.Diagnosis = afterLoad + orNot(": ", result.Diagnosis)
		}
		result.Fix = "" // the check's own
		return &lost{result: result}, nil
	}
	otherwise := afterLoad
	if code.raises {
		otherwise = "what client code raises ends the loop or the handler that serves the others"
	}
	return &lost{result: life.Deaf(ctx, fmt.Sprintf("after %s it lives and does not answer: %s", code.what, explain.FirstLine(err)), otherwise)}, nil
}

// afterLoad is the cause where the code raised nothing.
const afterLoad = "nothing was raised: the service depends on what that code takes away or changes, perhaps a property of the scene, its objects, or a handler that is not persistent"

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
