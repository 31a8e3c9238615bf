package explain

import (
	"regexp"
	"strconv"
	"strings"
)

// Stack is what one thread of Python's does, the innermost frame first.
type Stack struct {
	Ident   uint64 // as Event.Main; 0 where one thread alone was written down
	Name    string // Python 3.14 and later tell it
	Current bool   // it took the signal, or crashed
	Frames  []Frame
}

// stackHead begins a thread in what Python's faulthandler writes.
var stackHead = regexp.MustCompile(`^(Current thread|Thread|Stack)(?: 0x([0-9a-f]+))?(?: \[(.*)\])? \(most recent call first\):`)

// ReadStacks reads what Python's faulthandler has written of one moment.
func ReadStacks(text string) []Stack {
	var stacks []Stack
	for line := range strings.Lines(text) {
		if head := stackHead.FindStringSubmatch(line); head != nil {
			ident, _ := strconv.ParseUint(head[2], 16, 64)
			stacks = append(stacks, Stack{Ident: ident, Name: head[3], Current: head[1] != "Thread"})
		} else if at, ok := readFrame(line); ok && len(stacks) > 0 {
			last := &stacks[len(stacks)-1]
			last.Frames = append(last.Frames, at)
		}
	}
	return stacks
}

// fatal begins what faulthandler writes of a crash.
const fatal = "Fatal Python error: "

// CrashStack is the stack of the thread that crashed, from what faulthandler has
// written in a life; without an Ident where it saw none.
func CrashStack(text string) Stack {
	_, trace, _ := strings.Cut(text, fatal)
	for _, one := range ReadStacks(trace) {
		if one.Current {
			return one
		}
	}
	return Stack{}
}
