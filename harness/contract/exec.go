package contract

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// needsExec returns what to report when exec itself is not usable.
func (s *Session) needsExec(ctx context.Context) (report.Result, bool) {
	if result, stop := s.after(ctx, "exec/takes-effect", "exec has no effect"); stop {
		return result, true
	}
	return s.after(ctx, "exec/main-thread", "exec does not run on the main thread")
}

// execTakesEffect writes a nonce into bpy.data with one request and reads it
// back with another. Both write what they did to a file; no reply is believed.
func execTakesEffect(ctx context.Context, s *Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	secret, name := nonce(), "bgcheck-"+nonce()
	write, err := life.run(ctx, fmt.Sprintf("_bgt = bpy.data.texts.new(%s)\n_bgt.write(%s)\n%s",
		pyString(name), pyString(secret), callers))
	if err != nil {
		return FromError(err)
	}
	if write.wrote == nil {
		return s.noEffect(ctx, life, write)
	}
	if write.replyErr != nil {
		return Failed("the code took effect and the request got no reply: "+firstLine(write.replyErr),
			"the reply is not sent, or only after the client has given up")
	}
	read, err := life.run(ctx, fmt.Sprintf("_bgt = bpy.data.texts.get(%s)\n_bg['text'] = None if _bgt is None else _bgt.lines[0].body\n"+
		"_bgt is None or bpy.data.texts.remove(_bgt)",
		pyString(name)))
	if err != nil {
		return FromError(err)
	}
	if read.wrote == nil {
		return s.noEffect(ctx, life, read)
	}
	if read.wrote["text"] != secret {
		return Failed(fmt.Sprintf("a text made in bpy.data by one request was not there for the next one (found %v)", read.wrote["text"]),
			"the code runs, but not on the data of this Blender: in another process, or on data that is replaced or freed between requests")
	}
	if expected := s.target.Exec.Reply; expected != "" && !strings.Contains(string(write.reply), expected) {
		return Failed("the code took effect, and the reply does not hold what the target file says: "+excerpt(write.reply),
			"a client cannot tell from this reply that its code ran")
	}
	passed := Passed("one request made a text in bpy.data, the next one read it back; both seen outside of the replies")
	if by, _ := write.wrote["by"].(string); strings.Contains(by, " keepalive.fire ") {
		passed.Remark = "the code is run by bpy.app.timers, which never fire in background mode by themselves: our keepalive runs them; " +
			"a script of your own without it will not"
	}
	return passed
}

// callers is Python that notes the functions which the code is run by, the
// nearest first: " __main__.<module> my_addon.run keepalive.fire ".
const callers = "import sys\n_bgw = sys._getframe()\n_bg['by'] = ' '\n" +
	"while _bgw is not None:\n" +
	"    _bg['by'] += str(_bgw.f_globals.get('__name__')).split('.')[-1] + '.' + _bgw.f_code.co_name + ' '\n" +
	"    _bgw = _bgw.f_back\n" +
	"del _bgw"

// noEffect is the failure for code that left no trace.
func (s *Session) noEffect(ctx context.Context, life *Life, seen effect) report.Result {
	source := s.sources()
	evidence := []string{"reply: " + replyText(seen.reply, seen.replyErr)}
	if seen.replyErr != nil {
		if s.ended(ctx, life) {
			_, why := s.whyEnded(ctx, life)
			return Failed("at an exec request the process ended: "+endOf(life.Exit()), why, evidence...)
		}
		diagnosis := "the request is not understood, or what runs it is never driven"
		if at := source.cite("timer"); at != "" {
			diagnosis = fmt.Sprintf("the code waits for bpy.app.timers (%s), which never fire in background mode, and its client waits with it", at)
		}
		return Failed("an exec request got no reply and had no effect: "+firstLine(seen.replyErr), diagnosis, evidence...)
	}
	said := texts(seen.reply)
	if trace := errorIn(said); trace != "" {
		return Failed("an exec request was answered with an error and had no effect", "the service could not run the code: "+trace, evidence...)
	}
	diagnosis := fmt.Sprintf("exec was acknowledged and had no effect within %s", short(effectBudget))
	if refused := complaint.FindString(said); refused != "" {
		result := Failed("an exec request had no effect, and the reply says: "+refused,
			"the service did not take the request for one that runs code", evidence...)
		result.Fix = "Write the exec request as the service wants it, and send it by hand once. Where a request is one line, the line ends of " +
			"the code must be written otherwise:\n" +
			"    exec: {request: \"PY {code}\\n\", escape: json}   # json writes them as \\n"
		return result
	}
	switch {
	case source.first("timer") != "":
		diagnosis += fmt.Sprintf("; the source registers bpy.app.timers (%s): timers never fire in background mode", source.cite("timer"))
	case source.first("modal") != "":
		diagnosis += fmt.Sprintf("; the source waits for events of a modal operator (%s), which never come in background mode", source.cite("modal"))
	case source.first("window-timer") != "":
		diagnosis += fmt.Sprintf(": the code is put somewhere to be run later; in a window a timer runs it (%s), in background mode nothing does", source.cite("window-timer"))
	default:
		diagnosis += ": the code is put somewhere to be run later, and nothing runs it"
	}
	return Failed("the reply says that the code was taken; neither bpy.data nor the scratch folder changed", diagnosis, evidence...)
}

// complaint is a reply, or its end, that sounds like one.
var complaint = regexp.MustCompile(`(?im)^.*\b(err|error|unknown|invalid|unrecogni[sz]ed|not understood|bad request)\b.*$`)

var errorName = regexp.MustCompile(`\b[A-Z]\w*(Error|Exception)\b.*`)

// errorIn is the name of an exception in a reply, with what follows it.
func errorIn(text string) string { return errorName.FindString(text) }

func execMainThread(ctx context.Context, s *Session) report.Result {
	if result, stop := s.after(ctx, "exec/takes-effect", "exec has no effect"); stop {
		return result
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	seen, err := life.run(ctx, "_bg['main'] = threading.current_thread() is threading.main_thread()\n"+
		"_bg['name'] = threading.current_thread().name\n_bg['daemon'] = threading.current_thread().daemon")
	if err != nil {
		return FromError(err)
	}
	if seen.wrote == nil {
		return s.noEffect(ctx, life, seen)
	}
	if seen.wrote["main"] == true {
		return Passed("the code ran on the main thread")
	}
	diagnosis := "Blender's data and operators belong to the main thread: used from another one while it works, Blender crashes"
	if at := s.sources().cite("thread"); at != "" {
		diagnosis += fmt.Sprintf("; the thread may come from %s", at)
	}
	return Failed(fmt.Sprintf("the code ran on the thread %v", seen.wrote["name"]), diagnosis)
}

var lineNumber = regexp.MustCompile(`(?i)traceback|\bline\W{1,4}\d+`)

// execReportsErrors looks for the exception and its traceback in the replies.
func execReportsErrors(ctx context.Context, s *Session) report.Result {
	if result, stop := s.after(ctx, "exec/takes-effect", "exec has no effect"); stop {
		return result
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	secret := nonce()
	for _, one := range []struct{ what, code, name, message string }{
		// The message is computed, so that a reply which repeats the code does not hold it.
		{"a raised exception", "_bgn = 6 * 7\nraise ValueError('bgcheck-' + str(_bgn) + '-" + secret + "')", "ValueError", "bgcheck-42-" + secret},
		{"a syntax error", "_bgn = (1,\n_bgm = )\n", "SyntaxError", ""},
	} {
		reply, replyErr := life.exec(ctx, one.code)
		if ctx.Err() != nil {
			return FromError(ctx.Err())
		}
		if replyErr != nil && s.ended(ctx, life) {
			return Skipped(fmt.Sprintf("%s in client code ended the service: see alive/client-code (%s)", one.what, endOf(life.Exit())))
		}
		said := texts(reply)
		evidence := one.what + ": " + replyText(reply, replyErr)
		switch {
		case replyErr != nil && len(reply) == 0:
			return Failed(one.what+" got no reply: "+firstLine(replyErr),
				"the exception ends the handler before it has answered, and the connection is closed or left open", evidence)
		case !strings.Contains(said, one.name) && one.message != "" && strings.Contains(said, one.message):
			return Failed(fmt.Sprintf("%s came back without its type and traceback: the reply does not name %s", one.what, one.name),
				"only str(error) is sent: the client cannot see what kind of error it was, nor which line raised it", evidence)
		case !strings.Contains(said, one.name) || !strings.Contains(said, one.message):
			diagnosis := "exceptions of client code are caught and not told to the client"
			if at := s.sources().after("exec", "catch").cite("catch"); at != "" {
				diagnosis += fmt.Sprintf(" (perhaps at %s)", at)
			}
			return Failed(fmt.Sprintf("%s did not come back: the reply does not name %s", one.what, strings.TrimSpace(one.name+" "+one.message)), diagnosis, evidence)
		case !lineNumber.MatchString(said):
			return Failed(fmt.Sprintf("%s came back without its traceback", one.what),
				"only str(error) is sent: the client cannot see which line raised it", evidence)
		}
	}
	return Passed("a raised exception and a syntax error came back with name, message and line")
}
