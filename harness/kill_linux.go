package harness

import (
	"errors"

	"golang.org/x/sys/unix"
)

// killIf sends sig to the process s names, and to no other: it holds the
// process by a pidfd, looks again whether it is the one that was meant, and
// only then sends. A process that has ended is no error.
func killIf(s stat, sig unix.Signal, meant func(now stat) bool) error {
	fd, err := unix.PidfdOpen(s.pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	pinned := err == nil // kernels before 5.3 and some sandboxes have no pidfd
	if pinned {
		defer func() { _ = unix.Close(fd) }()
	}
	now, err := readStat(s.pid)
	if err != nil || now.start != s.start || !meant(now) {
		return nil //nolint:nilerr // gone, or another process: nothing of ours to kill
	}
	if pinned {
		err = unix.PidfdSendSignal(fd, sig, nil, 0)
	}
	if !pinned || errors.Is(err, unix.ENOSYS) {
		err = unix.Kill(s.pid, sig)
	}
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}
