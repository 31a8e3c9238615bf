package explain

import (
	"os"
	"syscall"
)

// diedOfSIGPIPE: a client was gone when the reply was written.
var diedOfSIGPIPE = rule{"sigpipe", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Signal != os.Signal(syscall.SIGPIPE) {
		return "", "", false
	}
	return "a client that went away in mid-reply ended it: SIGPIPE has its default action",
		"Ignore the signal; a write to a client that is gone raises BrokenPipeError then, for that client alone:\n" +
			"    signal.signal(signal.SIGPIPE, signal.SIG_IGN)", true
}}

// diedOfItsTimer: signals that a process asks the kernel for itself.
var diedOfItsTimer = rule{"own-timer", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Signal != os.Signal(syscall.SIGALRM) {
		return "", "", false
	}
	return SignalName(f.Exit.Signal) + " came, as signal.alarm() and signal.setitimer() ask for, and no handler for it is in place", "", true
}}

// diedOfASignal is any other. Who sent it cannot be seen from outside.
var diedOfASignal = rule{"signal", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Signal == nil {
		return "", "", false
	}
	return "another process sent it " + SignalName(f.Exit.Signal),
		"See who sends it: a supervisor's time limit, a daemon that watches memory (systemd-oomd, earlyoom), a script, or code of the add-on's own (os.kill).", true
}}
