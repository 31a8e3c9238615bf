package spec

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// watch closes gone when the process ends; false: it has ended already. A
// zombie has ended.
func watch(pid int, gone chan<- struct{}) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return false
	}
	if err != nil { // an old kernel, or forbidden by a sandbox
		born := procfs.Born(pid)
		if born == "" {
			return false
		}
		go poll(func() bool { return procfs.Born(pid) == born }, gone)
		return true
	}
	ended := func(timeout int) bool {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			n, err := unix.Poll(fds, timeout)
			if !errors.Is(err, unix.EINTR) {
				return n > 0
			}
		}
	}
	if ended(0) {
		return false
	}
	go func() {
		ended(-1)
		close(gone)
	}()
	return true
}
