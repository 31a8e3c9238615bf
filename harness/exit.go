package harness

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/supervise"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Exit tells how a Blender ended.
type Exit struct {
	// Code is the exit code, -1 when a signal ended it or nobody saw the end.
	Code int
	// Signal that ended it, nil otherwise.
	Signal os.Signal
	// OOM: ended by the kernel for want of memory.
	OOM bool
	// Took is the time from the stop request (Stop, Kill, or the first Signal)
	// to the end; from launch to the end when nobody asked.
	Took time.Duration
	// At is when it ended, as far as the backend can tell.
	At time.Time
	// Asked: a stop was requested before it ended.
	Asked bool
	// Request is the signal that was the stop request; nil when nobody asked or
	// it was killed at once.
	Request os.Signal
	// Escalated: it did not heed the stop request in time and was killed.
	Escalated bool
	// Grace is how long Blender was given to heed the request before the
	// kill; 0 unless Escalated.
	Grace time.Duration
	// Left are descendants that outlived it and have been killed.
	Left []usage.Proc
	// CrashFile is the host path of Blender's crash log, empty when none.
	CrashFile string
	// Tail holds the last lines of the log.
	Tail []string
	// Err is a fault of the machine that spoils this exit: the backend lost sight
	// of Blender, or the log could not be written. It wraps ErrMachine.
	Err error
}

// explain makes the Exit; it is called once, before done is closed.
func (b *Blender) explain(s Status, now time.Time) *Exit {
	ended := s.Ended
	if ended.IsZero() {
		ended = now
	}
	e := &Exit{At: ended, Code: s.Code, Signal: s.Signal, OOM: s.OOM, Left: s.Left, Err: s.Err}
	b.mu.Lock()
	if !b.asked.IsZero() && b.asked.Before(ended) {
		e.Asked, e.Request, e.Took = true, b.request, ended.Sub(b.asked)
		if b.escalated && b.gaveUp.Before(ended) {
			e.Escalated, e.Grace = true, b.gaveUp.Sub(b.asked)
		}
	} else {
		e.Took = ended.Sub(b.started)
	}
	if e.Escalated || e.Asked && e.Request == nil {
		e.OOM = false // it was killed by us
	}
	b.mu.Unlock()
	e.Tail = clip(b.log.Tail(tailLines), tailWidth)
	if e.Code != 0 {
		e.CrashFile = b.crashFile()
	}
	if e.Err == nil {
		e.Err = b.log.Err()
	}
	return e
}

// String says it in one line.
func (e *Exit) String() string {
	if e == nil {
		return "still running"
	}
	var s strings.Builder
	switch {
	case e.Err != nil && e.Code < 0 && e.Signal == nil:
		fmt.Fprintf(&s, "end not seen (%v)", e.Err)
	case e.Code < 0 && e.Signal == nil:
		s.WriteString("end not seen")
	case e.Escalated && e.Request != nil:
		fmt.Fprintf(&s, "ignored %s for %s and was killed", supervise.SignalName(e.Request), seconds(e.Grace))
	case e.Asked && e.Request == nil && e.Signal != nil:
		fmt.Fprintf(&s, "killed on request after %s", seconds(e.Took))
	case e.Signal != nil:
		fmt.Fprintf(&s, "killed by %s (signal %d)", supervise.SignalName(e.Signal), supervise.SignalNumber(e.Signal))
		if e.OOM {
			s.WriteString(" for want of memory")
		}
		fmt.Fprintf(&s, " after %s", seconds(e.Took))
	default:
		fmt.Fprintf(&s, "exit code %d after %s", e.Code, seconds(e.Took))
	}
	if e.CrashFile != "" {
		fmt.Fprintf(&s, ", crash file %s", e.CrashFile)
	}
	if len(e.Left) > 0 {
		names := make([]string, len(e.Left))
		for i, p := range e.Left {
			names[i] = fmt.Sprintf("%d %s", p.PID, p.Name)
		}
		fmt.Fprintf(&s, ", left running: %s", strings.Join(names, ", "))
	}
	return s.String()
}
