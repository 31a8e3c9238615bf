package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

var errInterrupted = errors.New("interrupted")

// echo is how soon after the first a second signal counts as the same one: a
// terminal sends Ctrl-C to all of `go tool bgcheck`, and the go command then
// passes on to us what it got.
const echo = 300 * time.Millisecond

// interruptible is a context that ends with the first Ctrl-C or SIGTERM, so that
// lives are ended and what was judged is said; the second ends the process at
// once, and the lives with it. It ends with the process that BGCHECK_OWNER names
// (make, when it is killed), too. Call stop when no signal is waited for any more.
func interruptible(c *call) (ctx context.Context, stop func(), err error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	if err := followOwner(ctx, cancel); err != nil {
		cancel(nil)
		return nil, nil, Wrong.as(err)
	}
	came := make(chan os.Signal, 8)
	signal.Notify(came, os.Interrupt, syscall.SIGTERM)
	go func() {
		var first time.Time
		for range came {
			switch {
			case first.IsZero():
				first = time.Now()
				cancel(errInterrupted)
				fmt.Fprintln(c.errout, "\nbgcheck: interrupted; ending what runs (once more ends it at once)")
			case time.Since(first) > echo:
				os.Exit(int(Interrupted))
			}
		}
	}()
	return ctx, func() { signal.Stop(came); close(came); cancel(nil) }, nil
}

// followOwner ends the run with the process that BGCHECK_OWNER names.
func followOwner(ctx context.Context, cancel context.CancelCauseFunc) error {
	text := os.Getenv("BGCHECK_OWNER")
	if text == "" {
		return nil
	}
	pid, err := strconv.Atoi(text)
	if err != nil || pid <= 0 {
		return fmt.Errorf("BGCHECK_OWNER=%q is no process id", text)
	}
	if err := follow(ctx, cancel, pid); err != nil {
		return fmt.Errorf("BGCHECK_OWNER: %w", err)
	}
	return nil
}

// parent is who started this process: a shell, make, the go command.
var parent = os.Getppid()

// follow ends the run with that process.
func follow(ctx context.Context, cancel context.CancelCauseFunc, pid int) error {
	owner, err := os.FindProcess(pid)
	if err != nil {
		return fmt.Errorf("process %d: %w", pid, err)
	}
	ended := func() bool {
		return errors.Is(owner.Signal(syscall.Signal(0)), os.ErrProcessDone) || pid == parent && os.Getppid() != parent
	}
	go func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			if ended() {
				cancel(fmt.Errorf("%w: process %d, to which this run belongs, has ended", errInterrupted, pid))
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return nil
}
