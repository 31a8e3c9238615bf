package explain

import (
	"fmt"
	"syscall"
)

// numbers of the signals that a life is asked to end with.
var numbers = map[string]int{"SIGTERM": int(syscall.SIGTERM), "SIGINT": int(syscall.SIGINT)}

// handler is the last call of Python's that set a handler for a signal; known is
// false where no witness would have seen it.
func (f Facts) handler(how string) (last *Event, known bool) {
	for i, e := range f.Events {
		if e.Event == "handler" && e.Signal == numbers[how] && f.ours(e) {
			last = &f.Events[i]
		}
	}
	return last, f.began()
}

// setAt is where a handler was set, for a sentence: "stop(), set at serve.py:40".
func setAt(e *Event) string {
	name := e.Set
	if name == "_sighandler_noop" { // asyncio's: the loop calls what was given
		name = "loop.add_signal_handler"
	}
	for _, frame := range e.Frames {
		if frame.author() {
			return fmt.Sprintf("%s, set at %s", name, frame.place())
		}
	}
	return name
}

// Masks are the signals that a process ignores, and those that it has handlers for,
// as the kernel has them: bit n-1 for signal n.
type Masks struct {
	Known           bool
	Ignored, Caught uint64
}

// does is what the process does at a signal: "ignores", "handles", "default", or ""
// where that is not known. Of SIGINT it says nothing: Blender has a handler of its own.
func (m Masks) does(how string) string {
	if !m.Known || how != "SIGTERM" {
		return ""
	}
	const bit = 1 << (15 - 1)
	switch {
	case m.Ignored&bit != 0:
		return "ignores"
	case m.Caught&bit != 0:
		return "handles"
	}
	return "default"
}
