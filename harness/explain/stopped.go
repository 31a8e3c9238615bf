package explain

import (
	"fmt"
	"path"
)

// Ignored tells why a life did not end at what it was asked with: SIGTERM,
// SIGINT or the stop request.
func Ignored(f Facts, how string) string {
	if f.Ending() {
		return lingering(f)
	}
	if hang := Hang(f); hang.Text != "" {
		return unheeded(f, how) + ": " + hang.Text
	}
	if f.KeptByWrapper() {
		return fmt.Sprintf("perhaps %s keeps %s to itself%s: a shell that waits for Blender passes no signal on", f.starter(), how, f.startsAt())
	}
	return unheeded(f, how)
}

// KeptByWrapper says whether a signal that nothing heeded was sent to a wrapper script,
// and nothing else explains that.
func (f Facts) KeptByWrapper() bool {
	return f.Target != nil && f.Target.Launch.Wrapper != "" && !f.Ending() && Hang(f).Text == ""
}

// unheeded tells what is known of the signal itself.
func unheeded(f Facts, how string) string {
	set, known := f.handler(how)
	switch does := f.Signals.does(how); {
	case how == "the stop request":
		return how + " is taken and nothing is done: the keep-alive loop goes on"
	case does == "ignores" || set != nil && set.Set == "ignore":
		where := ""
		if set != nil && set.Set == "ignore" {
			where = " (" + setAt(set) + ")"
		}
		return fmt.Sprintf("%s is ignored%s: SIG_IGN is set, by the service or by who started it (nohup)", how, where)
	case set != nil && set.Set != "default":
		return fmt.Sprintf("the handler for %s (%s) does not lead to the end of the keep-alive loop", how, setAt(set))
	case known && how == "SIGINT":
		return "no handler for SIGINT is in place: Blender swallows the first one in background mode, and KeyboardInterrupt is never raised"
	case how == "SIGINT":
		return "perhaps no handler for SIGINT is in place: Blender swallows the first one in background mode, and KeyboardInterrupt is never raised" +
			f.Source.Perhaps("sigint")
	case does == "handles" || f.Source.First("sigterm") != "":
		return fmt.Sprintf("the handler for %s does not lead to the end of the keep-alive loop%s", how, f.Source.Perhaps("sigterm"))
	}
	return how + " is taken and nothing is done: the keep-alive loop goes on"
}

// lingering tells what keeps a process whose Python has begun to end.
func lingering(f Facts) string {
	switch keeping := f.keeping(); {
	case keeping != "":
		return "it has ended its work, and Python waits for a thread that is no daemon: " + keeping
	case len(f.unposed("atexit")) > 0:
		return "it has ended its work, and one of Python's exit functions (atexit), or what comes behind them, does not return"
	}
	return "Python has begun to end and something does not let it: a thread that is no daemon, or clean-up code that waits"
}

// FixThread is the remedy for a thread that keeps a process which is to end.
const FixThread = "End the thread where the service ends, and let it wait on something that can wake it:\n" +
	"    done = threading.Event()\n" +
	"    def work():\n" +
	"        while not done.wait(3600):   # in place of time.sleep(3600)\n" +
	"            look()\n" +
	"    thread = threading.Thread(target=work)\n" +
	"    # in unregister(), and before the script's end:\n" +
	"    done.set()\n" +
	"    thread.join()\n" +
	"A thread that need not clean up may be a daemon: threading.Thread(target=work, daemon=True)."

// Killed tells why a signal ended a life at once.
func Killed(f Facts, how string) string {
	const atOnce = ": the signal ends the process at once, without atexit, unregister and buffered output"
	set, _ := f.handler(how)
	switch {
	case set != nil && set.Set == "default":
		return fmt.Sprintf("the handler for %s was taken away (%s)%s", how, setAt(set), atOnce)
	case set != nil:
		return fmt.Sprintf("the handler for %s (%s) lets the signal end the process all the same: it gives the signal back its default and sends it again", how, setAt(set))
	}
	kind := "sigterm"
	if how == "SIGINT" {
		kind = "sigint"
	}
	diagnosis := fmt.Sprintf("no handler for %s is in place%s", how, atOnce)
	if at := f.Source.Cite(kind); at != "" {
		diagnosis += fmt.Sprintf("; the source names the signal (%s), and that code was not reached before", at)
	}
	return diagnosis
}

// CrashedAtEnd tells why a life crashed when it was asked to end. The remedy is ""
// for the check's own.
func CrashedAtEnd(f Facts) (diagnosis, fix string) {
	if at, ok := f.crashedIn(); ok && f.Ending() {
		diagnosis = fmt.Sprintf("Blender crashed in %s, which ran when Python had begun to end: by then Blender has freed its data", at)
		if registered := f.Source.inFile(path.Base(at.File)).Cite("atexit"); registered != "" {
			diagnosis += fmt.Sprintf(" (an exit function, %s)", registered)
		}
		return diagnosis, FixAtExit
	} else if ok {
		return fmt.Sprintf("Blender crashed in %s", at), ""
	}
	diagnosis = "perhaps the clean-up touches what Blender has already freed, or runs on another thread than Blender's own"
	if at := f.Source.Cite("thread"); at != "" {
		diagnosis += fmt.Sprintf(" (%s)", at)
	}
	return diagnosis, ""
}

// WrongCode tells where the exit code of a life comes from that was asked to end.
func WrongCode(f Facts, how string) string {
	if text, _, ok := diedByOSExit.fits(f); ok {
		return text
	}
	if u := f.uncaught(); u != nil {
		return fmt.Sprintf("an exception on the way out: %s", u)
	}
	if last := lastOf(f.Log); exceptionLine.MatchString(last) && last == Raised(f.Log) {
		return "an exception on the way out: " + last
	}
	if how == "SIGINT" && f.Exit.Code == 2 {
		return "Blender's own SIGINT handler ended it at the second signal (code 2): the service has none"
	}
	diagnosis := "whoever started it takes an end that was asked for as an error: supervisors restart it or report it failed"
	if at := f.Source.with("exit", fmt.Sprintf("(%d)", f.Exit.Code)).Cite("exit"); at != "" {
		diagnosis += fmt.Sprintf("; the code comes from %s", at)
	} else if at := f.Source.Cite("exit-text"); at != "" && f.Exit.Code == 1 {
		diagnosis += fmt.Sprintf("; an exit with a text (%s) is status 1", at)
	}
	return diagnosis
}
