package port

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

func portFolder() string { return filepath.Join(os.TempDir(), "bgcheck-ports") }

// lockFile makes and locks a file, or fails at once when it is locked. Files
// are kept: Windows does not remove one that is open.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func unlockFile(f *os.File) { _ = f.Close() }

// refuseLingering has nothing to do: Go sets no SO_REUSEADDR on Windows.
func refuseLingering(uintptr) error { return nil }
