//go:build !linux

package process

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
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

// WhenEnded calls f once pid has ended, which is looked for ten times a second;
// stop ends the watch and waits for it.
func WhenEnded(pid int, f func()) (stop func(), err error) {
	start := Start(pid)
	if !Runs(pid, start) {
		return nil, os.ErrProcessDone
	}
	end, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				if !Runs(pid, start) {
					f()
					return
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(end); <-watched }), nil
}
