package checks

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var execReportsErrors = contract.Check{
	Name: "exec/reports-errors",
	True: "a raised exception comes back with its traceback; a syntax error too",
	Why:  "A client that gets OK, or nothing, for code that failed cannot know that it failed, nor why.",
	How: "Code that raises in several ways (with a computed text, from thirty calls deep, out of a callback, an error of a kind of its own, one of an operator), " +
		"and code that is no Python, are sent; each reply must hold the name, the text and a line number, and must not say that all went well.",
	Fix: "Answer with the exception:\n" +
		"    except BaseException as error:\n" +
		"        reply = {\"ok\": False, \"error\": {\n" +
		"            \"type\": type(error).__name__,\n" +
		"            \"message\": str(error),\n" +
		"            \"traceback\": traceback.format_exc(),\n" +
		"        }}",
	Needs: []contract.Need{contract.NeedService, contract.NeedExec},
	Run:   judgeReportsErrors,
}

var lineNumber = regexp.MustCompile(`(?i)traceback|\bline\W{1,4}\d+`)

// judgeReportsErrors looks for the exception and its traceback in the replies.
func judgeReportsErrors(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, execTakesEffect, "exec has no effect"); stop {
		return result
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	secret := contract.Nonce()
	errors := []struct{ what, code, name, message string }{
		// The message is computed, so that a reply which repeats the code does not hold it.
		{"a raised exception", "_bgn = 6 * 7\nraise ValueError('bgcheck-' + str(_bgn) + '-" + secret + "')", "ValueError", "bgcheck-42-" + secret},
		{"a syntax error", "_bgn = (1,\n_bgm = )\n", "SyntaxError", ""},
		{"an exception from thirty calls deep", "(lambda f: f(f, 30))(lambda f, n: {}['bgcheck-' + str(40 + 2)] if n == 0 else f(f, n - 1))", "KeyError", "bgcheck-42"},
		{"an exception of a kind of its own", "class BgcheckOdd(Exception):\n    pass\nraise BgcheckOdd('bgcheck-' + str(40 + 2))", "BgcheckOdd", "bgcheck-42"},
		{"an operator whose poll fails", "import bpy\nbpy.ops.view3d.snap_cursor_to_center()", "RuntimeError", "poll"},
		{"an exception out of a callback", "sorted([1], key=lambda _: [][6 * 7])", "IndexError", "out of range"},
		{"an attribute that is not there", "import bpy\ngetattr(bpy.context.scene, 'bgcheck_' + str(40 + 2))", "AttributeError", "bgcheck_42"},
		{"a failed assertion", "assert not 6 * 7, 'bgcheck-' + str(40 + 2)", "AssertionError", "bgcheck-42"},
		{"a StopIteration", "next(iter(()))", "StopIteration", ""},
	}
	for _, one := range errors {
		reply, replyErr := life.Exec(ctx, one.code)
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		if replyErr != nil && s.Ended(ctx, life) {
			return contract.Skipped(fmt.Sprintf("%s in client code ended the service: see alive/client-code (%s)", one.what, explain.HowEnded(life.Exit())))
		}
		said := texts(reply)
		evidence := one.what + ": " + contract.ReplyText(reply, replyErr)
		switch {
		case replyErr != nil && len(reply) == 0:
			return contract.Failed(one.what+" got no reply: "+explain.FirstLine(replyErr),
				"the exception ends the handler before it has answered, and the connection is closed or left open", evidence)
		case !strings.Contains(said, one.name) && one.message != "" && strings.Contains(said, one.message):
			return contract.Failed(fmt.Sprintf("%s came back without its type and traceback: the reply does not name %s", one.what, one.name),
				"only str(error) is sent: the client cannot see what kind of error it was, nor which line raised it", evidence)
		case !strings.Contains(said, one.name) || !strings.Contains(said, one.message):
			diagnosis := "exceptions of client code are caught and not told to the client"
			if at := s.Source().After("exec", "catch").Cite("catch"); at != "" {
				diagnosis += fmt.Sprintf(" (perhaps at %s)", at)
			}
			return contract.Failed(fmt.Sprintf("%s did not come back: the reply does not name %s", one.what, strings.TrimSpace(one.name+" "+one.message)), diagnosis, evidence)
		case !lineNumber.MatchString(said):
			return contract.Failed(fmt.Sprintf("%s came back without its traceback", one.what),
				"only str(error) is sent: the client cannot see which line raised it", evidence)
		}
		if field := saysSuccess(reply); field != "" {
			return contract.Failed(fmt.Sprintf("%s came back with %s, as code that ran well does", one.what, field),
				"the error is put among the output, and the field that says how it went is not set: a program that reads the reply takes it for success", evidence)
		}
	}
	return contract.Passed(fmt.Sprintf("each of %d errors came back with name, message and line", len(errors)))
}
