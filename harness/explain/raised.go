package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Raise is an exception, and the author's line that it came from.
type Raise struct {
	// Text is as Python writes it: "ValueError: one".
	Text string
	// At is the author's innermost frame.
	At Frame
}

// String is for a sentence: "answer() at serve.py:40 raised ValueError: one".
func (r Raise) String() string { return fmt.Sprintf("%s raised %s", r.At, r.Text) }

// RaisedIn reads the last traceback in a text, such as a reply; ok is false without one
// that has a line of the author's: one that is all of a request's own code has none.
func RaisedIn(text string) (found Raise, ok bool) {
	from := strings.LastIndex(text, traceHead)
	if from < 0 {
		return Raise{}, false
	}
	for line := range strings.Lines(text[from+len(traceHead):]) {
		line = strings.TrimRight(line, "\r\n")
		if at := traceFrame.FindStringSubmatch(line); at != nil {
			number, _ := strconv.Atoi(at[2])
			if frame := (Frame{at[1], number, at[3]}); frame.sent() {
				found.At, ok = Frame{}, false // what is further in was called by the request's code
			} else if frame.author() {
				found.At, ok = frame, true
			}
			continue
		}
		if line != "" && !strings.HasPrefix(line, " ") {
			found.Text = line
			return found, ok && exceptionLine.MatchString(line)
		}
	}
	return Raise{}, false
}

const traceHead = "Traceback (most recent call last):"

// traceFrame is a line of a traceback.
var traceFrame = regexp.MustCompile(`^\s*File "([^"]+)", line (\d+), in (.+)$`)

// Refused is the exception that refused a request which was sent then: told is what its
// client and the log were told since. Without a traceback the recorder may know.
func (f Facts) Refused(since time.Time, told string) (found Raise, ok bool) {
	if found, ok := RaisedIn(told); ok {
		return found, true
	}
	return f.told(since, told)
}

// told is the exception, of those that the recorder saw since then, whose message was
// told to the client or written to the log: it is the one that refused the request, and
// one that the code expects and goes on from is not told.
func (f Facts) told(since time.Time, told string) (found Raise, ok bool) {
	for _, e := range slices.Backward(f.recorded("raised")) {
		message, _, _ := strings.Cut(e.Message, "\n")
		if e.Time < float64(since.UnixMilli())/1000 || len(message) < 8 || !strings.Contains(told, message) {
			continue
		}
		return Raise{e.Type + ": " + message, Frame{e.File, e.Line, e.Frames[0].Function}}, true
	}
	return Raise{}, false
}
