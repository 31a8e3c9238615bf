package explain

import (
	"fmt"
	"path"
	"slices"
)

// hangsInC: C code that keeps Python's own lock, so that no other thread runs.
var hangsInC = rule{"lock-of-python", func(f Facts) (text, fix string, ok bool) {
	main, others := f.spans()
	waiting := 0
	for _, one := range others {
		if one.starved() {
			waiting++
		}
	}
	for _, one := range f.others() {
		if len(one.Frames) > 0 && path.Base(one.Frames[0].File) == "threading.py" {
			waiting-- // an Event.wait with a limit, in a loop, looks alike
		}
	}
	at, _, still := f.still()
	if waiting <= 0 || !still || main.starved() {
		return "", "", false
	}
	return fmt.Sprintf("the main thread is in C code that it called at %s and that does not let go of Python's lock (the GIL): no other thread of Python's runs (%d waits for it)",
			f.cite(at), waiting), "Call C code that takes long so that it lets go of the lock: with ctypes by CDLL, not PyDLL; in an extension within " +
			"Py_BEGIN_ALLOW_THREADS; or in a process of its own.", true
}}

// hangsTurning: code that works and does not come back.
var hangsTurning = rule{"turns", func(f Facts) (text, fix string, ok bool) {
	main, _ := f.spans()
	if !main.turning(len(f.Photos)) {
		return "", "", false
	}
	fix = "Give the loop an end: a bound, a time limit, or a turn of the event loop in between (await asyncio.sleep(0))."
	if at, _, still := f.still(); still {
		return fmt.Sprintf("the main thread is busy and does not come back: it was in %s %s", f.cite(at), f.looks()), fix, true
	}
	// The innermost of the author's functions that is in all photos, called by the same line.
	if at, ok := f.common(); ok {
		return fmt.Sprintf("the main thread is busy and does not come back: it was in %s, called from %s, %s", at, f.cite(at.from), f.looks()), fix, true
	}
	return "", "", false
}}

// call is a function in which different lines run, and the line that called it.
type call struct {
	by, from Frame
	last     int // line; by has the first
}

// String is "look() at service.py:14-16".
func (c call) String() string {
	if c.last == c.by.Line {
		return c.by.String()
	}
	return fmt.Sprintf("%s-%d", c.by, c.last)
}

// common is the innermost call of the author's that is the same in all photos, while
// what happens in it changes.
func (f Facts) common() (found call, ok bool) {
	var shared []Frame // from the outermost
	for i, p := range f.Photos {
		own := authors(f.mainStack(p))
		slices.Reverse(own)
		if i == 0 {
			shared = own
			continue
		}
		n := 0
		for n < min(len(shared), len(own)) && same(shared[n], own[n]) {
			n++
			if shared[n-1].Line != own[n-1].Line {
				break // what it calls is not called by the same line
			}
		}
		shared = shared[:n]
	}
	if len(shared) < 2 {
		return call{}, false
	}
	at := len(shared) - 1
	found = call{by: shared[at], from: shared[at-1], last: shared[at].Line}
	for _, p := range f.Photos {
		own := authors(f.mainStack(p))
		line := own[len(own)-1-at].Line
		found.by.Line, found.last = min(found.by.Line, line), max(found.last, line)
	}
	return found, true
}

// same says whether two frames are of one function.
func same(a, b Frame) bool { return a.File == b.File && a.Function == b.Function }
