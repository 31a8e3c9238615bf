//go:build !linux

package process

import (
	"errors"
	"fmt"
)

// Executable is the path of what a process runs; it is not looked up here.
func Executable(int) string { return "" }

// SharesFiles says why process pid does not see the same files as this program;
// here that is not known. The reason wraps errors.ErrUnsupported.
func SharesFiles(pid int) error {
	if pid == 0 {
		return ErrNoPID
	}
	return fmt.Errorf("which files process %d sees is looked up on Linux only: %w", pid, errors.ErrUnsupported)
}

// WhenEnded calls f once pid has ended; stop ends the watch and waits for it. The
// error is that there is no such process.
func WhenEnded(pid int, f func()) (stop func(), err error) { return look(pid, f) }
