package process

import (
	"os"
	"runtime"
)

// Program is the path by which the running program starts itself again. Linux's
// link works even after the file has been deleted or replaced, as go run and a
// rebuild do.
func Program() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}
