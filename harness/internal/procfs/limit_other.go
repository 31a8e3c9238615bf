//go:build !linux

package procfs

import (
	"errors"
	"syscall"
)

// Signals and limits are Linux's; 0 here.
const (
	Stop         = syscall.Signal(0)
	Continue     = syscall.Signal(0)
	FileTooBig   = 0
	AddressSpace = 0
	Descriptors  = 0
	FileSize     = 0
)

// errNoLimit says that nothing is limited here.
var errNoLimit = errors.New("processes are limited on Linux alone")

// Limit returns an error.
func Limit(int, int, uint64) (func() error, error) { return nil, errNoLimit }

// WhyNoLimit says so.
func WhyNoLimit(int) string { return errNoLimit.Error() }

// FreeDescriptor returns an error.
func FreeDescriptor(int) (int, error) { return 0, errNoLimit }

// Mapped returns an error.
func Mapped(int) (uint64, error) { return 0, errNoLimit }
