package harness

import (
	"os"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Exit tells how a Blender ended.
type Exit struct {
	// Code is the exit code, -1 when a signal ended it.
	Code int
	// Signal that ended it, nil otherwise.
	Signal os.Signal
	// OOM: ended by the kernel for want of memory.
	OOM bool
	// Took is the time from the stop request (Stop, Kill, or the first Signal)
	// to the end; from launch to the end when nobody asked.
	Took time.Duration
	// Asked: a stop was requested before it ended.
	Asked bool
	// Escalated: it did not heed the stop request in time and was killed.
	Escalated bool
	// Left are descendants that outlived it and have been killed.
	Left []usage.Proc
	// CrashFile is the host path of Blender's crash log, empty when none.
	CrashFile string
	// Tail holds the last lines of the log.
	Tail []string
}
