// Package process says what each operating system tells of one other process:
// whether it still runs, whose it is, what it runs, when it ends.
//
//	start := process.Start(pid)
//	// ... later, when pid may mean another process ...
//	if process.Runs(pid, start) {
//		stop, err := process.WhenEnded(pid, func() { fmt.Println("it has ended") })
//		...
//		stop()
//	}
package process

import (
	"errors"
	"fmt"
)

// ErrNoPID is for what takes a process whose number is not known; it wraps
// errors.ErrUnsupported.
var ErrNoPID = fmt.Errorf("no PID of the attached Blender is known: %w", errors.ErrUnsupported)
