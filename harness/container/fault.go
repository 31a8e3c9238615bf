package container

import (
	"fmt"

	"github.com/bgcheck/bgcheck/harness"
)

// fault is an error of the machine: no engine, no image, no port.
type fault struct{ err error }

func (f fault) Error() string { return f.err.Error() }

func (f fault) Unwrap() []error { return []error{harness.ErrMachine, f.err} }

func faultf(format string, args ...any) error { return fault{fmt.Errorf(format, args...)} }
