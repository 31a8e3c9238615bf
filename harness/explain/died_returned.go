package explain

import (
	"fmt"
	"regexp"
	"strings"
)

// What all of these have in common: the script has returned, with nothing wrong.
const cameToItsEnd = "the launch script came to its end, and Blender in background mode ends with it"

// diedRefusing: a service that says it does not run in background mode.
var diedRefusing = rule{"refuses", func(f Facts) (text, fix string, ok bool) {
	said := saidOfBackground(f.Log)
	if said == "" || f.Target.Launch.Script != "" {
		return "", "", false
	}
	if f.Target.Launch.Start == "" {
		return cameToItsEnd + ": the target file starts Blender with the add-on alone, and register() does not keep it alive" + said, "", true
	}
	return "our keep-alive found nothing to wait for: after " + f.Target.Launch.Start + " there is no task, server, connection or thread of the add-on's" + said, "", true
}}

// diedWithoutScript: nobody was asked to keep it alive.
var diedWithoutScript = rule{"no-script", func(f Facts) (text, fix string, ok bool) {
	if f.Target.Launch.Script != "" || f.Target.Launch.Start != "" {
		return "", "", false
	}
	return cameToItsEnd + ": the target file starts Blender with the add-on alone, and register() does not keep it alive; " +
		"give launch.script, or launch.start for our keep-alive", "", true
}}

// diedUnderOurKeepAlive: what the add-on started is no longer there.
var diedUnderOurKeepAlive = rule{"nothing-to-wait-for", func(f Facts) (text, fix string, ok bool) {
	if f.Target.Launch.Start == "" {
		return "", "", false
	}
	return "our keep-alive found nothing to wait for: after " + f.Target.Launch.Start + " there is no task, server, connection or thread of the add-on's", "", true
}}

// diedWithDaemons: the witness saw them live when Python began to end.
var diedWithDaemons = rule{"daemon-thread", func(f Facts) (text, fix string, ok bool) {
	var names []string
	for _, e := range f.Saw("finalize") {
		for _, t := range e.Threads {
			if t.Daemon && t.author() {
				names = append(names, fmt.Sprintf("%q (%s)", t.Name, t.Frame))
			}
		}
	}
	if len(names) == 0 {
		return "", "", false
	}
	return fmt.Sprintf("%s: the service runs in a daemon thread, which does not keep the process: %s", cameToItsEnd, strings.Join(names, " and ")), "", true
}}

// diedOnStatus: read in the source.
var diedOnStatus = rule{"status", func(f Facts) (text, fix string, ok bool) {
	at := f.Source.beside("sleep", "status").Cite("status")
	return fmt.Sprintf("%s: perhaps the loop that keeps it alive ends on a status (%s)", cameToItsEnd, at), "", at != ""
}}

// diedWaitingForTimers: read in the source.
var diedWaitingForTimers = rule{"timers", func(f Facts) (text, fix string, ok bool) {
	for _, e := range f.recorded("timer") {
		return fmt.Sprintf("%s: it waits for bpy.app.timers (%s, given by %s), which never fire in background mode", cameToItsEnd, e.Name, e.by()), "", true
	}
	at := f.Source.Cite("timer")
	return fmt.Sprintf("%s: perhaps it is to be kept alive through bpy.app.timers (%s), which never fire in background mode", cameToItsEnd, at), "", at != "" && !f.Served
}}

// diedWaitingForEvents: read in the source.
var diedWaitingForEvents = rule{"modal", func(f Facts) (text, fix string, ok bool) {
	at := f.Source.Cite("modal")
	return fmt.Sprintf("%s: perhaps it is to be kept alive by a modal operator (%s), which gets no events in background mode", cameToItsEnd, at), "", at != "" && !f.Served
}}

// diedAfterServing: something kept it alive, and has ended.
var diedAfterServing = rule{"loop-ended", func(f Facts) (text, fix string, ok bool) {
	if !f.Served || f.Target.Launch.Script == "" {
		return "", "", false
	}
	text = cameToItsEnd + ": the loop that kept it alive has ended"
	if said := lastOf(f.Log); said != "(none)" {
		text += "; the last that it printed: " + said
	}
	return text, "", true
}}

// diedReturned is what is left.
var diedReturned = rule{"returned", func(Facts) (text, fix string, ok bool) {
	return cameToItsEnd + ": nothing keeps it alive", "", true
}}

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
