//go:build !linux

package process

import (
	"context"
	"os/exec"
)

// RunGroup runs cmd in a process group of its own and kills the group when ctx
// ends.
func RunGroup(ctx context.Context, cmd *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		killGroup(cmd)
		return <-ended
	}
}
