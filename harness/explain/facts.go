package explain

import (
	"net/netip"

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

// ending says whether Python has begun to end.
func (f Facts) ending() bool { return len(f.Saw("finalize"))+len(f.Saw("atexit")) > 0 }
