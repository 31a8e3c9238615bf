package harness

import (
	"errors"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// executableOf is the path of what pid runs, empty when it cannot be seen.
func executableOf(pid int) string {
	path, _ := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	return path
}

// whenEnded calls f once pid has ended; stop ends the watch and waits for it.
func whenEnded(pid int, f func()) (stop func(), err error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(wake), Events: unix.POLLIN}}
		for {
			_, err := unix.Poll(set, -1)
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if err == nil && set[1].Revents == 0 {
				f()
			}
			break
		}
	}()
	return sync.OnceFunc(func() {
		_, _ = unix.Write(wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		<-watched
		_ = unix.Close(fd)
		_ = unix.Close(wake)
	}), nil
}
