package explain

import (
	"fmt"
	"regexp"
	"strings"
)

// naps are lines at which a loop rests on purpose.
var naps = regexp.MustCompile(`\bsleep\s*\(\s*(\d*\.?\d+|[A-Za-z_][\w.]*)\s*\)|\.wait\(|\bjoin\(|\bpause\(|\bselect\(|\.get\(timeout`)

// inLoop says whether a stack is in an event loop that runs, with nothing of the
// author's in it.
func inLoop(stack []Frame) bool {
	for _, frame := range stack {
		if frame.author() {
			return false
		}
		switch frame.Function {
		case "run_forever", "run_until_complete", "serve_forever", "_run_once", "run":
			return true
		}
	}
	return false
}

// hangsWaiting: the main thread waits where it should not.
var hangsWaiting = rule{"waits", func(f Facts) (text, fix string, ok bool) {
	main, _ := f.spans()
	at, stack, still := f.still()
	if !still || main.known && !main.resting() || inLoop(stack) {
		return "", "", false
	}
	if f.naps(at, stack, main) || strings.HasPrefix(at.File, "<") { // code that a client sent
		return "", "", false
	}
	in := ""
	if at != stack[0] {
		in = fmt.Sprintf(", in %s of Python's", stack[0].Function+"()")
	}
	return fmt.Sprintf("the main thread waits in %s%s, %s", f.cite(at), in, f.looks()),
		"Wait with a limit, or where it keeps nobody else waiting: a request must not hold up the loop that serves the others.\n" +
			"    connection.settimeout(5)      # a socket\n" +
			"    done.wait(timeout=5)          # an event, a thread, a process", true
}}

// naps says whether the main thread rests in the loop that keeps it alive, or in which a
// worker asks for work: for less than a second, or for a time that has a name, again and
// again. The signals of the photos end a wait as well, five times a second.
func (f Facts) naps(at Frame, stack []Frame, main span) bool {
	line := f.line(at)
	if !naps.MatchString(line) || endless.MatchString(line) {
		return false
	}
	return len(authors(stack)) <= 2 || short.MatchString(line) || main.waits >= 8 || f.Target != nil && f.Target.IsWorker()
}

// short is a nap of less than a second.
var short = regexp.MustCompile(`\b(sleep|wait)\s*\(\s*0?\.\d+\s*\)`)

// endless is a nap that is longer than any request.
var endless = regexp.MustCompile(`sleep\s*\(\s*\d{3,}`)

// hangsInThread: the main thread keeps the process alive, and a thread that is to
// serve waits for something else.
var hangsInThread = rule{"thread-waits", func(f Facts) (text, fix string, ok bool) {
	for _, other := range f.others() {
		own := authors(other.Frames)
		if len(own) == 0 || len(other.Frames) == 0 {
			continue
		}
		line := f.line(own[0])
		if lock := lockOf(line); own[0] == other.Frames[0] && lock != "" {
			for _, frame := range other.Frames {
				if taken := f.takenAt(frame, lock); taken > 0 {
					return fmt.Sprintf("a thread waits for a lock in %s, which it holds itself since %s:%d: a threading.Lock that is taken twice waits for ever",
						f.cite(own[0]), strings.SplitN(frame.place(), ":", 2)[0], taken), "    lock = threading.RLock()   # in place of threading.Lock(); or take it once", true
				}
			}
			return fmt.Sprintf("a thread waits for a lock in %s", f.cite(own[0])), "", true
		}
	}
	return "", "", false
}}
