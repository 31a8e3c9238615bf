package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// Executable is the path of what pid runs, empty when it cannot be seen.
func Executable(pid int) string {
	path, _ := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	return path
}

// SharesFiles says why process pid does not see the same files as this program,
// or could not write to its folders; nil when it does and can. The reason wraps
// errors.ErrUnsupported.
func SharesFiles(pid int) error {
	if pid == 0 {
		return ErrNoPID
	}
	theirs := "/proc/" + strconv.Itoa(pid)
	var owner unix.Stat_t
	if err := unix.Stat(theirs, &owner); err != nil {
		return fmt.Errorf("look at process %d: %w", pid, err)
	}
	if int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("process %d belongs to another user: %w", pid, errors.ErrUnsupported)
	}
	for _, link := range []string{"/ns/mnt", "/root"} {
		ours, err := os.Readlink("/proc/self" + link)
		if err != nil {
			return fmt.Errorf("look at the files of this process: %w", err)
		}
		other, err := os.Readlink(theirs + link)
		if err != nil {
			return fmt.Errorf("look at the files of process %d: %w", pid, err)
		}
		if ours != other {
			return fmt.Errorf("process %d sees other files, as in a container: %w", pid, errors.ErrUnsupported)
		}
	}
	return nil
}

// WhenEnded calls f once pid has ended, or is a zombie; stop ends the watch and
// waits for it. The error is that there is no such process.
func WhenEnded(pid int, f func()) (stop func(), err error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil, err
	} else if err != nil { // an old kernel, or forbidden by a sandbox
		return look(pid, f)
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(fd)
		return look(pid, f)
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
