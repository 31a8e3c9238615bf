package procfs

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Kill sends sig to the process s names, and to no other: it holds the
// process by a pidfd, looks again whether it is the one that was meant, and
// only then sends. A process that has ended is no error.
func (s Stat) Kill(sig unix.Signal, meant func(now Stat) bool) error {
	fd, err := unix.PidfdOpen(s.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	pinned := err == nil // kernels before 5.3 and some sandboxes have no pidfd
	if pinned {
		defer func() { _ = unix.Close(fd) }()
	}
	now, err := Read(s.PID, nil)
	if err != nil || now.Start != s.Start || !meant(now) {
		return nil //nolint:nilerr // gone, or another process: nothing of ours to kill
	}
	if pinned {
		err = unix.PidfdSendSignal(fd, sig, nil, 0)
	}
	if !pinned || errors.Is(err, unix.ENOSYS) {
		err = unix.Kill(s.PID, sig)
	}
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}
