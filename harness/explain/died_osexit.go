package explain

import "fmt"

// diedByOSExit: the witness saw the call. Nothing of Python's or Blender's own end
// runs then: no finally, no atexit function, no unregister().
var diedByOSExit = rule{"os-exit", func(f Facts) (text, fix string, ok bool) {
	left := f.left()
	if left == nil || f.Exit.Signal != nil || left.Code&0xff != f.Exit.Code {
		return "", "", false
	}
	call := fmt.Sprintf("os._exit(%d)", left.Code)
	by, from := whose(left.Frames)
	switch {
	case by == nil:
		text = call + " ended it"
	case by.sent():
		text = fmt.Sprintf("code that a client sent calls %s (line %d of it%s)", call, by.Line, ranAt(from))
	default:
		text = fmt.Sprintf("%s calls %s", by, call)
	}
	if len(f.Saw("atexit")) > 0 {
		text += " when Python has begun to end (an exit function)"
	}
	return text + ", which ends the process at once: no exit function, no unregister(), nothing of its output that is not flushed",
		"End the loop and let the script return; where a code must be told, sys.exit(code) runs the clean-up before.", true
}}

// whose is the innermost frame that is not a library's, and, when that is of code
// which a client sent, the one that runs it; nil where there is none.
func whose(frames []Frame) (by, from *Frame) {
	own := authors(frames)
	for i := range own {
		switch {
		case by == nil:
			by = &own[i]
		case by.sent() && !own[i].sent():
			return by, &own[i]
		}
	}
	return by, nil
}

func ranAt(from *Frame) string {
	if from == nil {
		return ""
	}
	return ", run by " + from.String()
}
