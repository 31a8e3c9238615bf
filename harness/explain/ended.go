package explain

import (
	"fmt"
	"regexp"
	"strings"
)

// Ended says how a life ended that nobody asked to end, and why.
func Ended(f Facts) (seen, diagnosis string) {
	exit := f.Exit
	if exit == nil {
		return "it runs", ""
	}
	seen = HowEnded(exit)
	trace := Raised(f.Log)
	switch {
	case exit.OOM:
		return seen, "the kernel ended it for want of memory"
	case exit.Signal != nil && IsCrash(exit.Signal):
		diagnosis = "Blender crashed" + Fatal(f.Log)
		if at, ok := f.crashedIn(); ok {
			return seen, fmt.Sprintf("Blender crashed in %s%s", at, Fatal(f.Log))
		}
		if at := f.Source.Cite("thread"); at != "" {
			diagnosis += fmt.Sprintf("; the source runs threads (%s): everything of bpy belongs on the main thread", at)
		}
		return seen, diagnosis
	case exit.Signal != nil && strings.HasPrefix(SignalName(exit.Signal), "SIGPIPE"):
		return seen, "a client that went away in mid-reply ended it: SIGPIPE has its default action; call signal.signal(signal.SIGPIPE, signal.SIG_IGN)"
	case exit.Signal != nil:
		return seen, "another process sent it " + SignalName(exit.Signal)
	case trace != "" && exit.Code == 0:
		return seen, fmt.Sprintf("an uncaught exception ended the launch script, and Blender exits 0 on that: %s", trace)
	case trace != "":
		return seen, "an uncaught exception ended it: " + trace
	case exit.Code != 0:
		return seen, fmt.Sprintf("it ended itself with code %d; the last line of its output: %s", exit.Code, lastOf(exit.Tail))
	}
	return seen, returned(f)
}

// returned tells why a script came to its end with nothing wrong.
func returned(f Facts) string {
	const returned = "the launch script came to its end, and Blender in background mode ends with it"
	switch launch := f.Target.Launch; {
	case launch.Script == "" && launch.Start == "":
		return returned + ": the target file starts Blender with the add-on alone, and register() does not keep it alive; give launch.script, or launch.start for our keep-alive" + saidOfBackground(f.Log)
	case launch.Start != "":
		return "our keep-alive found nothing to wait for: after " + launch.Start + " there is no task, server, connection or thread of the add-on's" + saidOfBackground(f.Log)
	}
	if at := f.Source.beside("sleep", "status").Cite("status"); at != "" {
		return fmt.Sprintf("%s: the loop that keeps it alive ends on a status (%s)", returned, at)
	}
	if at := f.Source.Cite("daemon"); at != "" {
		return fmt.Sprintf("%s: the service runs in a daemon thread (%s), which does not keep the process", returned, at)
	}
	if at := f.Source.Cite("timer"); at != "" {
		return fmt.Sprintf("%s: it is kept alive through bpy.app.timers (%s), which never fire in background mode", returned, at)
	}
	if at := f.Source.Cite("modal"); at != "" {
		return fmt.Sprintf("%s: it is kept alive by a modal operator (%s), which gets no events in background mode", returned, at)
	}
	return returned + ": nothing keeps it alive"
}

// saidOfBackground quotes what a service that refuses to run says of it.
func saidOfBackground(log []string) string {
	for _, line := range log {
		if lower := strings.ToLower(line); strings.Contains(lower, "background mode") && refuses.MatchString(lower) {
			return fmt.Sprintf("; it says: %s", strings.TrimSpace(line))
		}
	}
	return ""
}

var refuses = regexp.MustCompile(`\b(cannot|can't|can not|not supported|unsupported|not available|does not|doesn't|only|refus\w*|requires?|skip\w*|disabled)\b`)
