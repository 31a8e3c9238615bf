package harness

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// ErrMachine marks a fault of the machine (no Blender, no Docker, disk full).
// It is never a fault of the add-on: a check that meets it is inconclusive.
var ErrMachine = fault.ErrMachine

// machinef is fmt.Errorf for a fault of the machine.
func machinef(format string, args ...any) error { return fault.Machinef(format, args...) }

// ErrEnded marks a Blender that ended before what was waited for came.
var ErrEnded = errors.New("blender ended")

// Phase is the part of an instance's life in which something went wrong.
type Phase string

// The phases, in order.
const (
	PhaseLaunch Phase = "launch"
	PhaseReady  Phase = "ready"
	PhaseRun    Phase = "run"
	PhaseStop   Phase = "stop"
)

// Error is what every failing method of Blender returns: enough to understand
// what happened without looking elsewhere.
type Error struct {
	// Phase in which it happened.
	Phase Phase
	// Err is the cause.
	Err error
	// Exit is how Blender ended, nil while it runs.
	Exit *Exit
	// Command to repeat by hand.
	Command string
	// Tail holds the last lines of the log.
	Tail []string
}

// Error says the cause first; exit, command and log follow on lines of their own.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v", e.Phase, e.Err)
	if e.Exit != nil && !strings.Contains(e.Err.Error(), e.Exit.String()) {
		fmt.Fprintf(&b, "\n  exit: %v", e.Exit)
	}
	if e.Command != "" {
		fmt.Fprintf(&b, "\n  command: %s", e.Command)
	}
	for _, line := range e.Tail {
		fmt.Fprintf(&b, "\n  log: %s", line)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }
