//go:build !linux

package display

import (
	"errors"
	"runtime"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// Find is a fault of the machine here.
func Find() (string, error) {
	return "", fault.Machinef("open a window: the backend window works on Linux alone, not on %s", runtime.GOOS)
}

// Through is not reached: Find is asked first.
func Through(string, string) (program string, args []string, err error) {
	return "", nil, errors.ErrUnsupported
}

// WhyNone has nothing to say here.
func WhyNone(string) error { return nil }

// Forget has nothing to remove here.
func Forget(string) {}
