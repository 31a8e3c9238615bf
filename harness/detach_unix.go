//go:build unix

package harness

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// detach gives the supervisor a session of its own: no terminal's Ctrl-C or
// hang-up reaches it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// programPath is the running program. Linux's link works even after the file
// has been deleted or replaced, as go run and a rebuild do.
func programPath() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}
