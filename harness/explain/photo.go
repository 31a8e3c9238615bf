package explain

import (
	"fmt"
	"strings"
	"time"
)

// Photo is what a process did at one moment.
type Photo struct {
	At     time.Time
	Stacks []Stack
	// Threads are all that the kernel has of it, Python's and others; nil where that
	// is not seen.
	Threads []Activity
}

// Activity is what a thread of the kernel's does, and has done since it began.
type Activity struct {
	TID    int
	Main   bool
	Runs   bool // or wants to, and has no core
	Locked bool // it waits for a lock, as Python's own is one
	Used   time.Duration
	Waits  uint64        // begun
	Wanted time.Duration // a core, and had none
}

// mainIdent is the main thread's name in the stacks; 0: not known.
func (f Facts) mainIdent() uint64 {
	for _, e := range f.Saw("begin") {
		return e.Main
	}
	return 0
}

// mainStack is the main thread's in a photo, without the frames of what is ours.
func (f Facts) mainStack(p Photo) []Frame {
	for _, s := range p.Stacks {
		if s.Ident == f.mainIdent() {
			return s.Frames
		}
	}
	return nil
}

// others are the stacks of the other threads of Python's in the last photo.
func (f Facts) others() []Stack {
	var kept []Stack
	if len(f.Photos) > 0 {
		for _, s := range f.Photos[len(f.Photos)-1].Stacks {
			if s.Ident != f.mainIdent() {
				kept = append(kept, s)
			}
		}
	}
	return kept
}

// line is a frame's line of source; "" where it is not known.
func (f Facts) line(at Frame) string {
	if text := f.Lines[at.File]; at.Line > 0 && at.Line <= len(text) {
		return strings.TrimSpace(text[at.Line-1])
	}
	return ""
}

// cite is a frame with its line of source: "work() at serve.py:40 (`with lock:`)".
func (f Facts) cite(at Frame) string {
	if text := f.line(at); text != "" {
		return fmt.Sprintf("%s (`%s`)", at, text)
	}
	return at.String()
}

// span is how a thread spent the time between the first photo and the last.
type span struct {
	known  bool
	busy   float64 // of one core
	waits  float64 // a second of those in which it had a core or wanted none
	runs   int     // photos in which it ran or wanted to
	locked bool    // in all photos but one in which it did not
}

// spans are those of all threads that are in all photos, by their numbers; main is
// the main thread's.
func (f Facts) spans() (main span, others []span) {
	if len(f.Photos) < 2 {
		return span{}, nil
	}
	seconds := f.Photos[len(f.Photos)-1].At.Sub(f.Photos[0].At).Seconds()
	for _, first := range f.Photos[0].Threads {
		one, seen, free := span{known: seconds > 0}, 0, 0
		for _, p := range f.Photos {
			for _, t := range p.Threads {
				if t.TID != first.TID {
					continue
				}
				seen++
				switch {
				case t.Runs:
					one.runs++
				case !t.Locked:
					free++
				}
				own := max(seconds-(t.Wanted-first.Wanted).Seconds(), seconds/20)
				one.busy, one.waits = (t.Used-first.Used).Seconds()/seconds, float64(t.Waits-first.Waits)/own
			}
		}
		// Its state and what it waits for are read one behind the other: between them it may
		// have begun to wait.
		one.locked = free <= 1
		switch {
		case seen < len(f.Photos):
		case first.Main:
			main = one
		default:
			others = append(others, one)
		}
	}
	return main, others
}

// turning says whether it worked nearly all the time, or wanted to.
func (s span) turning(photos int) bool { return s.known && (s.busy > 0.5 || s.runs >= photos-1) }

// resting says whether it did nothing.
func (s span) resting() bool { return s.known && s.busy < 0.1 && s.runs <= 1 }

// starved says whether it asks for Python's lock and does not get it: who waits for
// that looks again every 5 ms (sys.getswitchinterval), in the same call; that is more
// often than a loop that polls.
func (s span) starved() bool { return s.known && s.locked && s.waits >= 30 && s.busy < 0.3 }

// still is the main thread's innermost frame of the author's when it is the same in
// all photos; ok is false otherwise.
func (f Facts) still() (at Frame, stack []Frame, ok bool) {
	for i, p := range f.Photos {
		own := authors(f.mainStack(p))
		if len(own) == 0 || i > 0 && own[0] != at {
			return Frame{}, nil, false
		}
		at, stack = own[0], f.mainStack(p)
	}
	return at, stack, len(f.Photos) > 0
}

// At is where the main thread was in all photos, as "close() at serve.py:21 (`...`),
// called from main() at serve.py:30"; "" where that changed or is not known.
func At(f Facts) string {
	at, stack, ok := f.still()
	if !ok {
		return ""
	}
	text := f.cite(at)
	if own := authors(stack); len(own) > 1 {
		text += ", called from " + f.cite(own[1])
	}
	return text
}

// Pictures is the last photo as lines of evidence.
func (f Facts) Pictures() []string {
	if len(f.Photos) == 0 {
		return nil
	}
	var lines []string
	for _, s := range f.Photos[len(f.Photos)-1].Stacks {
		name := "another thread"
		if s.Ident == f.mainIdent() {
			name = "the main thread"
		}
		var calls []string
		for _, frame := range s.Frames[:min(len(s.Frames), 8)] {
			calls = append(calls, frame.String())
		}
		lines = append(lines, fmt.Sprintf("stack of %s, innermost first: %s", name, strings.Join(calls, ", ")))
	}
	if s, _ := f.spans(); s.known {
		lines = append(lines, fmt.Sprintf("the main thread over %d looks: %.0f %% of a core, %.0f waits a second", len(f.Photos), 100*s.busy, s.waits))
	}
	return lines
}
