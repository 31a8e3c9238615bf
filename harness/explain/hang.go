package explain

import "fmt"

// hangs are the causes of a process that lives and does not answer, by its photos;
// the surest first.
var hangs = []rule{hangsOnOwnLock, hangsOnLock, hangsInC, hangsTurning, hangsWaiting, hangsInThread}

// Hang says why a process that was photographed does not answer; the zero Cause where
// its stacks do not tell.
func Hang(f Facts) Cause {
	if len(f.Photos) == 0 {
		return Cause{}
	}
	return first(hangs, f)
}

// looks is how often the process was looked at.
func (f Facts) looks() string {
	seconds := f.Photos[len(f.Photos)-1].At.Sub(f.Photos[0].At).Seconds()
	return fmt.Sprintf("in all of %d looks within %.1f s", len(f.Photos), seconds)
}
