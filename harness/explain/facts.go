package explain

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

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
	// Served: it had answered requests, or asked for work, more than once.
	Served bool
	// Log is the end of its output, in lines.
	Log []string
	// Crash is the Python backtrace of a crash, the innermost frame first, and
	// CrashThread the thread it was in, as Event.Main; 0: not known.
	Crash       []Frame
	CrashThread uint64
	// Photos are taken of a process that lives and does not answer, and Lines are the
	// files that they name, as Blender names them.
	Photos []Photo
	Lines  map[string][]string
	// Posed is when the signals for the first photos were sent. A signal ends a wait, so
	// that what came behind it may be its doing.
	Posed time.Time
	// Signals are what it did with them just before it was asked to end.
	Signals Masks
	// Events are what the witness saw.
	Events []Event
	// Listeners are the addresses that the process listens on.
	Listeners []netip.AddrPort
	// ListenersKnown: Listeners was read from the system.
	ListenersKnown bool
	// Answers is the address at which a service answers that has announced none.
	Answers string
	// Speaks is how a service answers that does not answer as the target says, in the
	// words of a target file: "protocol: tcp-jsonl"; "" where that is not known.
	Speaks string
}

// Event is one line of the witness file (pyaddon/witness.py).
type Event struct {
	Event     string `json:"event"`
	Addon     string `json:"addon"`
	OK        bool   `json:"ok"`
	Traceback string `json:"traceback"`
	Script    bool   `json:"script"` // a script called register() itself
	// Time is when, in seconds since the epoch.
	Time float64 `json:"time"`
	// Of an error that came up to Blender: its type and message, where it was raised,
	// and the outermost function, "<module>" where a script ended by it.
	Type    string `json:"type"`
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Outer   string `json:"outer"`
	PID     int    `json:"pid"`
	// Threads are those that live when Python begins to end.
	Threads []Thread `json:"threads"`
	// Uncaught is what Blender has printed of a script that raised.
	Uncaught *Uncaught `json:"uncaught"`
	// Code and Frames are of os._exit.
	Code   int     `json:"code"`
	Frames []Frame `json:"frames"`
	// Signal and Set are of signal.signal: "default", "ignore" or the handler's name.
	Signal int    `json:"signal"`
	Set    string `json:"set"`
	// What the recorder notes (pyaddon/recorder.py).
	Name    string `json:"name"`
	Daemon  bool   `json:"daemon"`
	Status  string `json:"status"`
	Ended   bool   `json:"ended"`
	Address string `json:"address"`
	Reuse   bool   `json:"reuse"`
	OnMain  bool   `json:"on_main"`
	// Camera is the signal at which the stacks of all threads are written down, Portrait
	// that for the main thread's alone, 0 for none; and Main is the main thread's name
	// among them.
	Camera   int    `json:"camera"`
	Portrait int    `json:"portrait"`
	Main     uint64 `json:"main"`
}

// Thread is where a thread of Python's is.
type Thread struct {
	Frame
	Name   string `json:"name"`
	Daemon bool   `json:"daemon"`
}

// Uncaught is an exception that nobody caught.
type Uncaught struct {
	Type    string  `json:"type"`
	Message string  `json:"message"`
	Frames  []Frame `json:"frames"` // the innermost first
}

// String is as Python writes it: "ValueError: one".
func (u Uncaught) String() string {
	if u.Message == "" {
		return u.Type
	}
	return u.Type + ": " + strings.SplitN(u.Message, "\n", 2)[0]
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
func (f Facts) Ending() bool { return len(f.unposed("finalize"))+len(f.unposed("atexit")) > 0 }

// unposed are the events of one kind before the photos were taken.
func (f Facts) unposed(kind string) []Event {
	return slices.DeleteFunc(f.Saw(kind), func(e Event) bool {
		return !f.Posed.IsZero() && e.Time > float64(f.Posed.UnixNano())/1e9
	})
}

// uncaught is what ended the launch script; nil where the witness saw none.
func (f Facts) uncaught() *Uncaught {
	for _, e := range slices.Backward(f.Events) {
		if e.Uncaught != nil && f.ours(e) {
			return e.Uncaught
		}
	}
	return nil
}

// left is how os._exit was called in Blender's own process; nil when it was not.
func (f Facts) left() *Event {
	for i, e := range f.Events {
		if e.Event == "left" && f.ours(e) {
			return &f.Events[i]
		}
	}
	return nil
}

// ours says whether an event is of Blender itself, and not of a child that was
// forked from it.
func (f Facts) ours(e Event) bool {
	for _, first := range f.Saw("begin") {
		return first.PID == e.PID
	}
	return true
}

// began says whether Blender came as far as to run a script.
func (f Facts) began() bool { return len(f.Saw("begin")) > 0 }

// Kept says whether Python waits at its end for a thread that is no daemon.
func (f Facts) Kept() bool { return f.keeping() != "" }

// keeping names the threads for which Python waits at its end; "" when none was
// seen, or when exit functions run, which is after them.
func (f Facts) keeping() string {
	var names []string
	for _, e := range f.unposed("finalize") {
		for _, t := range e.Threads {
			if t.Daemon {
				continue
			}
			where := fmt.Sprintf("%s:%d", path.Base(t.File), t.Line)
			started := ""
			if at := f.startedAt(t.Name); at != "" {
				started = ", started at " + at
			} else if at := f.Source.inFile(path.Base(t.File)).First("thread"); at != "" && at != where {
				started = ", perhaps started at " + at
			}
			names = append(names, fmt.Sprintf("%q (in %s() at %s%s)", t.Name, t.Function, where, started))
		}
	}
	if len(f.unposed("atexit")) > 0 {
		return ""
	}
	return strings.Join(names, " and ")
}
