package explain

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	withLine    = regexp.MustCompile(`^(?:async )?with\s+(.+?)(?:\s+as\s+\w+)?\s*:`)
	acquireCall = regexp.MustCompile(`([\w.]+)\.acquire\s*\(`)
)

// lockOf is the lock that a line of source takes, by its last name: "lock" of
// `with self.lock:`; "" for a line that takes none.
func lockOf(line string) string {
	name := ""
	if found := acquireCall.FindStringSubmatch(line); found != nil {
		name = found[1]
	} else if found := withLine.FindStringSubmatch(line); found != nil {
		name = strings.TrimSpace(found[1])
	}
	name = name[strings.LastIndex(name, ".")+1:]
	if name == "" || strings.ContainsAny(name, "()[] ,") {
		return ""
	}
	return name
}

// takenAt is the line at which a frame has taken a lock and holds it, by its source:
// a with statement around the frame's line, or an acquire() above it without a
// release(); 0 when it has not.
func (f Facts) takenAt(at Frame, lock string) int {
	text := f.Lines[at.File]
	if at.Line < 1 || at.Line > len(text) {
		return 0
	}
	depth := func(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
	indent := depth(text[at.Line-1])
	released := false
	for number := at.Line - 1; number > 0; number-- {
		line := strings.TrimSpace(text[number-1])
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		around := depth(text[number-1]) < indent
		released = released || strings.Contains(line, lock+".release")
		switch taken := lockOf(line) == lock; {
		case taken && around && strings.Contains(line, "with "):
			return number
		case taken && !released && strings.Contains(line, ".acquire"):
			return number
		}
		if around {
			indent = depth(text[number-1])
			if strings.HasPrefix(line, "def ") || strings.HasPrefix(line, "async def ") {
				return 0
			}
		}
	}
	return 0
}

// waitsForLock is the lock that the main thread waits for in all photos.
func (f Facts) waitsForLock() (at Frame, stack []Frame, lock string) {
	at, stack, ok := f.still()
	if main, _ := f.spans(); !ok || main.known && !main.resting() {
		return Frame{}, nil, ""
	}
	// The lock of threading is C code: it has no frame; RLock's in pure Python has.
	if at != stack[0] && !strings.HasSuffix(stack[0].File, "/threading.py") {
		return Frame{}, nil, ""
	}
	return at, stack, lockOf(f.line(at))
}

// hangsOnOwnLock: a lock that is taken twice.
var hangsOnOwnLock = rule{"lock-twice", func(f Facts) (text, fix string, ok bool) {
	at, stack, lock := f.waitsForLock()
	if lock == "" {
		return "", "", false
	}
	for _, frame := range stack {
		if line := f.takenAt(frame, lock); line > 0 && (frame != at || line != at.Line) {
			took := Frame{frame.File, line, frame.Function}
			return fmt.Sprintf("the main thread waits for a lock in %s, which it holds itself since %s: a threading.Lock that is taken twice waits for ever",
					f.cite(at), f.cite(took)), "Take it once: where the lock is held, call code that does not take it, or let the same thread take it again:\n" +
					"    lock = threading.RLock()   # in place of threading.Lock()", true
		}
	}
	return "", "", false
}}

// hangsOnLock: a lock that somebody else has, or that nobody has let go.
var hangsOnLock = rule{"lock-held", func(f Facts) (text, fix string, ok bool) {
	at, _, lock := f.waitsForLock()
	if lock == "" {
		return "", "", false
	}
	fix = "Hold a lock only for as long as nothing is waited for, take several always in one order, and let it go whatever happens:\n" +
		"    with lock:          # in place of lock.acquire() ... lock.release()\n" +
		"        ..."
	for _, other := range f.others() {
		for _, frame := range authors(other.Frames) {
			if line := f.takenAt(frame, lock); line > 0 {
				return fmt.Sprintf("the main thread waits for a lock in %s, which another thread holds since %s; that one is in %s",
					f.cite(at), Frame{frame.File, line, frame.Function}, f.cite(authors(other.Frames)[0])), fix, true
			}
		}
	}
	return fmt.Sprintf("the main thread waits for a lock in %s, %s; no thread of Python's is seen to hold it: who took it has not let it go",
		f.cite(at), f.looks()), fix, true
}}
