package explain

import "fmt"

// often is how many times a second a thread must wake to be named. The photos wake the
// main thread five times.
const often = 50

// Beside begins what is told of another thread than the main one.
const Beside = "a thread beside the main one"

// Restless names the thread that wakes most often of a process that has nothing to do,
// by its photos; "" where they do not tell.
func Restless(f Facts) string {
	main, others := f.spans()
	if !main.known {
		return ""
	}
	most := 0.0
	for _, one := range others {
		most = max(most, one.waits)
	}
	switch {
	case most > main.waits && most >= often:
		return fmt.Sprintf(Beside+" wakes %.0f times a second%s", most, f.onlyOther())
	case main.waits >= often:
		text := fmt.Sprintf("the main thread wakes %.0f times a second", main.waits)
		if at := At(f); at != "" {
			text += ", in " + at
		}
		return text
	}
	return ""
}

// Busy names the thread that works nearly all the time, or else the one that wakes most
// often; "" where the photos do not tell.
func Busy(f Facts) string {
	main, others := f.spans()
	if main.turning(len(f.Photos)) {
		if at, ok := f.common(); ok {
			return fmt.Sprintf("the main thread was in %s, called from %s", at, f.cite(at.from))
		}
		if at := At(f); at != "" {
			return "the main thread was in " + at
		}
		return "the main thread works"
	}
	for _, one := range others {
		if one.turning(len(f.Photos)) {
			return Beside + " works all the time" + f.onlyOther()
		}
	}
	return Restless(f)
}

// Nap is where the main thread was asleep in all photos, by a line that sleeps for a
// while; "" where it was not.
func Nap(f Facts) string {
	at, stack, ok := f.still()
	if line := f.line(at); !ok || inLoop(stack) || !naps.MatchString(line) || endless.MatchString(line) {
		return ""
	}
	return f.cite(at)
}

// onlyOther is where the thread of the author's beside the main one is, if there is one
// alone; "" otherwise. The text begins with a comma.
func (f Facts) onlyOther() string {
	text, count := "", 0
	for _, stack := range f.others() {
		if own := authors(stack.Frames); len(own) > 0 {
			text = ", in " + f.cite(own[0])
			count++
		}
	}
	if count != 1 {
		return ""
	}
	return text
}
