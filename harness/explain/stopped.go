package explain

import (
	"fmt"
	"path"
)

// Ignored tells why a life did not end at what it was asked with: SIGTERM,
// SIGINT or the stop request.
func Ignored(f Facts, how string) string {
	switch {
	case f.Ending():
		return lingering(f)
	case how == "SIGINT":
		diagnosis := "no handler for SIGINT is in place: Blender swallows the first one in background mode, and KeyboardInterrupt is never raised"
		if at := f.Source.Cite("sigint"); at != "" {
			diagnosis += fmt.Sprintf("; the source names the signal (%s), so that code was not reached, its handler replaced, or it does not end the loop", at)
		}
		return diagnosis
	case how != "the stop request" && f.Source.First("sigterm") != "":
		return fmt.Sprintf("the handler (%s) does not lead to the end of the keep-alive loop", f.Source.Cite("sigterm"))
	}
	return how + " is taken and nothing is done: the keep-alive loop goes on"
}

// lingering tells what keeps a process whose Python has begun to end.
func lingering(f Facts) string {
	switch keeping := f.keeping(); {
	case keeping != "":
		return "it has ended its work, and Python waits for a thread that is no daemon: " + keeping
	case len(f.Saw("atexit")) > 0:
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
	diagnosis := fmt.Sprintf("no handler for %s is in place: the signal ends the process at once, without atexit, unregister and buffered output", how)
	kind := "sigterm"
	if how == "SIGINT" {
		kind = "sigint"
	}
	if at := f.Source.Cite(kind); at != "" {
		diagnosis += fmt.Sprintf("; the source names the signal (%s), so that code was not reached or its handler replaced", at)
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
	if trace := Raised(f.Log); trace != "" {
		return fmt.Sprintf("an exception on the way out: %s", trace)
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
