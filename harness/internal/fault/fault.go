// Package fault makes errors of the machine. It stands below everything that
// can meet one, so that harness.ErrMachine is found in all of them.
//
//	return fault.Machinef("reserve a port: %w", err)
package fault

import (
	"errors"
	"fmt"
)

// ErrMachine is harness.ErrMachine.
var ErrMachine = errors.New("fault of the machine")

// Machinef is fmt.Errorf for a fault of the machine: the error wraps ErrMachine,
// whose words its message does not repeat.
func Machinef(format string, args ...any) error {
	return &machineError{fmt.Errorf(format, args...)}
}

type machineError struct{ cause error }

func (e *machineError) Error() string   { return e.cause.Error() }
func (e *machineError) Unwrap() []error { return []error{e.cause, ErrMachine} }
