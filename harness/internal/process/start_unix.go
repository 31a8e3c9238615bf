//go:build unix && !linux

package process

import (
	"errors"
	"syscall"
)

// Start is not read here; a PID alone tells whether an owner lives, which
// errs on the side of leaving things alone.
func Start(int) uint64 { return 0 }

// Runs is true when there is a process of that number.
func Runs(pid int, _ uint64) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
