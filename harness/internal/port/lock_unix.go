//go:build unix

package port

import (
	"fmt"
	"os"
	"syscall"
)

// portFolder is the same for every program on the machine, whatever its TMPDIR.
func portFolder() string { return "/tmp/bgcheck-ports" }

// lockFile makes and locks a file, or fails at once when it is locked. The file
// is removed when the lock is given back, so after locking it must be looked at
// again: a lock on a file that has just been removed protects nothing.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	held, err := f.Stat()
	if err == nil {
		var named os.FileInfo
		if named, err = os.Lstat(path); err == nil && os.SameFile(held, named) {
			return f, nil
		}
	}
	_ = f.Close()
	return nil, fmt.Errorf("lock %s: it was given back in the same moment", path)
}

// unlockFile removes the file while its lock is held, then lets go.
func unlockFile(f *os.File) {
	_ = os.Remove(f.Name())
	_ = f.Close()
}

// refuseLingering unsets the SO_REUSEADDR that Go sets on listeners.
func refuseLingering(fd uintptr) error {
	return syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 0)
}
