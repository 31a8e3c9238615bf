package explain

import "fmt"

// many frames of one function, of the few that are kept, are a recursion.
const many = 6

// repeated is the function that most of the frames are of; ok is false where no
// function fills a stack.
func repeated(frames []Frame) (at Frame, ok bool) {
	count := map[string]int{}
	for _, one := range frames {
		key := one.File + "\x00" + one.Function
		if count[key]++; count[key] == many {
			return one, true
		}
	}
	return Frame{}, false
}

// diedOfRecursion: Python's own limit (RecursionError), or a stack that has run out
// because that limit was raised or C code does not count.
var diedOfRecursion = rule{"recursion", func(f Facts) (text, fix string, ok bool) {
	fix = "Let the recursion end: give it a depth and stop at a bound, or write it as a loop.\n" +
		"sys.setrecursionlimit() with a large number does not help: the stack of the process ends before, and then it crashes."
	if f.Exit.Signal != nil && IsCrash(f.Exit.Signal) {
		if at, ok := repeated(f.Crash); ok {
			return fmt.Sprintf("recursion without an end: %s calls itself until the stack is used up, and Blender crashes", at), fix, true
		}
		return "", "", false
	}
	if u := f.uncaught(); u != nil && u.Type == "RecursionError" && f.Exit.Signal == nil {
		at, ok := repeated(u.Frames)
		if !ok && len(authors(u.Frames)) > 0 {
			at = authors(u.Frames)[0]
		}
		return fmt.Sprintf("recursion without an end: %s calls itself; %s ended the launch script%s", at, u, f.silently()), fix, true
	}
	return "", "", false
}}
