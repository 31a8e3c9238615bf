//go:build unix

package supervise

import (
	"os/exec"
	"syscall"
)

// detach gives the supervisor a session of its own: no terminal's Ctrl-C or
// hang-up reaches it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}
