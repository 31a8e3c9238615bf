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

var execTakesEffect = contract.Check{
	Name: "exec/takes-effect",
	True: "the code changed bpy.data, seen by a side effect and not by the reply",
	Why:  "In background mode bpy.app.timers never fire. A service that schedules code by a timer says OK and runs nothing.",
	How: "One request makes a text in bpy.data and writes a file into the scratch folder, another reads the text back and writes what it " +
		"found. Both files must come within 5 s of the reply.",
	Fix: "Run the code where the request is handled, on the main thread:\n" +
		"    exec(compile(code, \"<request>\", \"exec\"), {\"bpy\": bpy})\n" +
		"In place of bpy.app.timers.register(run), which is right only in a window:\n" +
		"    if bpy.app.background:\n" +
		"        run()\n" +
		"    else:\n" +
		"        bpy.app.timers.register(run)\n" +
		"Where threads put the code into a queue and a timer empties it, empty it in the loop that keeps Blender alive:\n" +
		"    while running:\n" +
		"        drain()\n" +
		"        time.sleep(0.05)",
	Needs:  []contract.Need{contract.NeedService, contract.NeedExec},
	Hosted: contract.Beside,
	Run:    judgeTakesEffect,
}

// judgeTakesEffect writes a nonce into bpy.data with one request and reads it
// back with another. Both write what they did to a file; no reply is believed.
func judgeTakesEffect(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	secret, name := contract.Nonce(), "bgcheck-"+contract.Nonce()
	write, err := life.Try(ctx, fmt.Sprintf("_bgt = bpy.data.texts.new(%s)\n_bgt.write(%s)\n%s",
		contract.PyString(name), contract.PyString(secret), callers))
	if err != nil {
		return contract.FromError(err)
	}
	if write.Wrote == nil {
		return noEffect(ctx, s, life, write)
	}
	if write.ReplyErr != nil {
		return contract.Failed("the code took effect and the request got no reply: "+explain.FirstLine(write.ReplyErr),
			"the reply is not sent, or only after the client has given up")
	}
	read, err := life.Try(ctx, fmt.Sprintf("_bgt = bpy.data.texts.get(%s)\n_bg['text'] = None if _bgt is None else _bgt.lines[0].body\n"+
		"_bgt is None or bpy.data.texts.remove(_bgt)",
		contract.PyString(name)))
	if err != nil {
		return contract.FromError(err)
	}
	if read.Wrote == nil {
		return noEffect(ctx, s, life, read)
	}
	if read.Wrote["text"] != secret {
		return contract.Failed(fmt.Sprintf("a text made in bpy.data by one request was not there for the next one (found %v)", read.Wrote["text"]),
			"the code runs, but not on the data of this Blender: in another process, or on data that is replaced or freed between requests")
	}
	if expected := s.Target().Exec.Reply; expected != "" && !strings.Contains(string(write.Reply), expected) {
		return contract.Failed("the code took effect, and the reply does not hold what the target file says: "+contract.Excerpt(write.Reply),
			"a client cannot tell from this reply that its code ran")
	}
	if refused := refusedReply(write.Reply); refused != "" {
		return goodCodeRefused(s, write.Reply, refused)
	}
	passed := contract.Passed("one request made a text in bpy.data, the next one read it back; both seen outside of the replies")
	if by, _ := write.Wrote["by"].(string); strings.Contains(by, " keepalive.fire ") {
		passed.Remark = "the code is run by bpy.app.timers, which never fire in background mode by themselves: our keepalive runs them; " +
			"a script of your own without it will not"
	}
	return passed
}

// goodCodeRefused is the failure for code that ran well and is answered with an
// error: what the service itself does behind it raised.
func goodCodeRefused(s *contract.Session, reply []byte, refused string) report.Result {
	diagnosis := "the client's code ran well, and what the service does behind it did not: " + refused
	var evidence []string
	for line := range strings.Lines(texts(reply)) {
		evidence = append(evidence, strings.TrimRight(line, "\n"))
	}
	result := contract.Failed("the code took effect, and the reply says that it failed: "+refused, diagnosis, evidence...)
	for _, line := range evidence {
		if used := windowOnly.FindString(line); used != "" && strings.Contains(refused, "NoneType") {
			result.Diagnosis += fmt.Sprintf("; %s is None in background mode (`%s`)", used, strings.TrimSpace(line))
			result.Fix = "Ask for it before it is used; in background mode there is nothing to redraw:\n" +
				"    area = bpy.context.area\n" +
				"    if area is not None:\n" +
				"        area.tag_redraw()"
		}
	}
	return result
}

// windowOnly are the parts of bpy.context that background mode has not.
var windowOnly = regexp.MustCompile(`\bcontext\.(area|region|space_data|region_data)\b`)

// callers is Python that notes the functions which the code is run by, the
// nearest first: " __main__.<module> my_addon.run keepalive.fire ".
const callers = "import sys\n_bgw = sys._getframe()\n_bg['by'] = ' '\n" +
	"while _bgw is not None:\n" +
	"    _bg['by'] += str(_bgw.f_globals.get('__name__')).split('.')[-1] + '.' + _bgw.f_code.co_name + ' '\n" +
	"    _bgw = _bgw.f_back\n" +
	"del _bgw"

// noEffect is the failure for code that left no trace.
func noEffect(ctx context.Context, s *contract.Session, life *contract.Life, seen contract.Effect) report.Result {
	source := s.Source()
	evidence := []string{"reply: " + contract.ReplyText(seen.Reply, seen.ReplyErr)}
	if seen.ReplyErr != nil {
		if s.Ended(ctx, life) {
			return life.Died(ctx, "at an exec request the process ended", evidence...)
		}
		diagnosis := "the request is not understood, or what runs it is never driven"
		if timer := life.Facts(ctx).Timer(); timer != "" {
			diagnosis = fmt.Sprintf("the code waits for bpy.app.timers%s, which never fire in background mode, and its client waits with it", timer)
		}
		return life.Unanswered(ctx, "an exec request got no reply and had no effect: "+explain.FirstLine(seen.ReplyErr), diagnosis, evidence...)
	}
	said := texts(seen.Reply)
	if trace := errorIn(said); trace != "" {
		return contract.Failed("an exec request was answered with an error and had no effect", "the service could not run the code: "+trace, evidence...)
	}
	diagnosis := fmt.Sprintf("exec was acknowledged and had no effect within %s", explain.Short(contract.EffectBudget))
	if refused := complaint.FindString(said); refused != "" {
		result := contract.Failed("an exec request had no effect, and the reply says: "+refused,
			"the service did not take the request for one that runs code", evidence...)
		result.Fix = "Write the exec request as the service wants it, and send it by hand once. Where a request is one line, the line ends of " +
			"the code must be written otherwise:\n" +
			"    exec: {request: \"PY {code}\\n\", escape: json}   # json writes them as \\n"
		return result
	}
	if busy := life.Starved(); busy != nil {
		return contract.FromError(busy)
	}
	timer := life.Facts(ctx).Timer()
	switch {
	case timer != "":
		diagnosis += fmt.Sprintf("; it was given to bpy.app.timers%s, which never fire in background mode", timer)
	case source.First("modal") != "":
		diagnosis += fmt.Sprintf("; perhaps it waits for events of a modal operator (%s), which never come in background mode", source.Cite("modal"))
	case source.First("window-timer") != "":
		diagnosis += fmt.Sprintf(": the code is put somewhere to be run later; perhaps in a window a timer runs it (%s), in background mode nothing does", source.Cite("window-timer"))
	default:
		diagnosis += ": the code is put somewhere to be run later, and nothing runs it"
	}
	return contract.Failed("the reply says that the code was taken; neither bpy.data nor the scratch folder changed", diagnosis, evidence...)
}

// complaint is a reply, or its end, that sounds like one.
var complaint = regexp.MustCompile(`(?im)^.*\b(err|error|unknown|invalid|unrecogni[sz]ed|not understood|bad request)\b.*$`)

var errorName = regexp.MustCompile(`\b[A-Z]\w*(Error|Exception)\b.*`)

// errorIn is the name of an exception in a reply, with what follows it.
func errorIn(text string) string { return errorName.FindString(text) }
