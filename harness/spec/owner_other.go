//go:build !linux

package spec

import (
	"os"
	"runtime"
	"syscall"
)

// watch closes gone when the process ends; false: it has ended already.
func watch(pid int, gone chan<- struct{}) bool {
	p, err := os.FindProcess(pid) // on Windows this opens it, and fails when there is none
	if err != nil {
		return false
	}
	if runtime.GOOS == "windows" {
		go func() {
			_, _ = p.Wait()
			close(gone)
		}()
		return true
	}
	alive := func() bool {
		err := p.Signal(syscall.Signal(0))
		return err == nil || os.IsPermission(err)
	}
	if !alive() {
		return false
	}
	go poll(alive, gone)
	return true
}
