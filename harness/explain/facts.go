package explain

import (
	"fmt"
	"net/netip"
	"path"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Facts are what is known of one life when a cause is looked for. The zero value
// of each field means that it is not known.
type Facts struct {
	// Target is what was launched.
	Target *target.Target
	// Backend is the name of where Blender ran.
	Backend string
	// Source holds the lines of the target's Python that can explain a fault.
	Source Findings
	// Exit is how the process ended; nil while it runs.
	Exit *harness.Exit
	// Log is the end of its output, in lines.
	Log []string
	// Crash is the Python backtrace of the crash file, the innermost frame first.
	Crash []Frame
	// Events are what the witness saw.
	Events []Event
	// Listeners are the addresses that the process listens on.
	Listeners []netip.AddrPort
	// ListenersKnown: Listeners was read from the system.
	ListenersKnown bool
}

// Event is one line of the witness file (pyaddon/witness.py).
type Event struct {
	Event     string `json:"event"`
	Addon     string `json:"addon"`
	OK        bool   `json:"ok"`
	Traceback string `json:"traceback"`
	Script    bool   `json:"script"` // a script called register() itself
	// Threads are those that are no daemons when Python begins to end.
	Threads []Thread `json:"threads"`
}

// Thread is where a thread of Python's is.
type Thread struct {
	Name     string `json:"name"`
	File     string `json:"file"` // as Blender sees it
	Line     int    `json:"line"`
	Function string `json:"function"`
}

// Saw returns the witness's events of one kind; for an add-on's events those of
// the target's own module.
func (f Facts) Saw(kind string) []Event {
	var found []Event
	for _, e := range f.Events {
		if e.Event == kind && (e.Addon == "" || f.Target == nil || e.Addon == f.Target.Module) {
			found = append(found, e)
		}
	}
	return found
}

// Ending says whether Python has begun to end.
func (f Facts) Ending() bool { return len(f.Saw("finalize"))+len(f.Saw("atexit")) > 0 }

// keeping names the threads for which Python waits at its end; "" when none was
// seen, or when exit functions run, which is after them.
func (f Facts) keeping() string {
	var names []string
	for _, e := range f.Saw("finalize") {
		for _, t := range e.Threads {
			where := fmt.Sprintf("%s:%d", path.Base(t.File), t.Line)
			started := ""
			if at := f.Source.inFile(path.Base(t.File)).First("thread"); at != "" && at != where {
				started = ", started at " + at
			}
			names = append(names, fmt.Sprintf("%q (in %s() at %s%s)", t.Name, t.Function, where, started))
		}
	}
	if len(f.Saw("atexit")) > 0 {
		return ""
	}
	return strings.Join(names, " and ")
}
