package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/supervise"
)

// defaultGrace is the time between the stop request and the kill.
const defaultGrace = 5 * time.Second

// killPatience bounds waiting for the end after a kill; longer is a fault of
// the machine (a process stuck in the kernel).
const killPatience = 30 * time.Second

// StopOption changes one Stop.
type StopOption func(*stopSettings)

type stopSettings struct {
	signal     os.Signal
	grace      time.Duration
	beforeKill func()
}

// StopSignal replaces SIGTERM.
func StopSignal(sig os.Signal) StopOption { return func(s *stopSettings) { s.signal = sig } }

// StopGrace replaces the 5 s before the kill.
func StopGrace(d time.Duration) StopOption { return func(s *stopSettings) { s.grace = d } }

// StopBeforeKill calls f when the grace is over and Blender runs on, before it is
// killed: to look at what it does.
func StopBeforeKill(f func()) StopOption { return func(s *stopSettings) { s.beforeKill = f } }

// Signal sends sig to Blender alone. The first one counts as a stop request.
// When Blender has ended the error wraps os.ErrProcessDone.
func (b *Blender) Signal(ctx context.Context, sig os.Signal) error {
	undo := b.ask(sig)
	b.note(supervise.SignalName(sig))
	if err := b.proc.Signal(ctx, sig); err != nil {
		if ctx.Err() == nil { // otherwise it may have been sent, only the answer was not waited for
			undo()
		}
		return b.fail(PhaseRun, fmt.Errorf("send %s: %w", supervise.SignalName(sig), err))
	}
	return nil
}

// Nudge sends sig to Blender alone, as one that asks for nothing: its end after that
// does not count as asked for. Errors are as Signal's.
func (b *Blender) Nudge(ctx context.Context, sig os.Signal) error {
	b.note(supervise.SignalName(sig))
	if err := b.proc.Signal(ctx, sig); err != nil {
		return b.fail(PhaseRun, fmt.Errorf("send %s: %w", supervise.SignalName(sig), err))
	}
	return nil
}

// ask notes the first stop request; undo takes it back.
func (b *Blender) ask(sig os.Signal) (undo func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.asked.IsZero() {
		return func() {}
	}
	b.asked, b.request = time.Now(), sig
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.asked, b.request = time.Time{}, nil
	}
}

// Stop sends SIGTERM, waits, and kills the whole tree when ctx ends or the
// grace (option StopGrace, default 5 s) is over. A Blender that had to be killed
// is no error: Exit.Escalated tells. One that had ended before gives its Exit.
func (b *Blender) Stop(ctx context.Context, options ...StopOption) (*Exit, error) {
	s := stopSettings{signal: syscall.SIGTERM, grace: defaultGrace}
	for _, o := range options {
		o(&s)
	}
	if b.Exit() != nil {
		return b.finish(PhaseStop)
	}
	err := b.Signal(ctx, s.signal)
	if err != nil && !errors.Is(err, os.ErrProcessDone) && ctx.Err() == nil {
		return nil, err
	}
	grace := time.NewTimer(s.grace)
	defer grace.Stop()
	select {
	case <-b.done:
		return b.finish(PhaseStop)
	case <-grace.C:
	case <-ctx.Done():
	}
	b.mu.Lock()
	if !b.escalated && b.Exit() == nil {
		b.escalated, b.gaveUp = true, time.Now()
	}
	b.mu.Unlock()
	if s.beforeKill != nil && b.Exit() == nil && ctx.Err() == nil {
		s.beforeKill()
	}
	return b.kill(context.WithoutCancel(ctx))
}

// Kill ends the whole tree at once and waits for the exit.
func (b *Blender) Kill(ctx context.Context) (*Exit, error) {
	if b.Exit() != nil {
		return b.finish(PhaseStop)
	}
	b.ask(nil)
	return b.kill(ctx)
}

func (b *Blender) kill(ctx context.Context) (*Exit, error) {
	ctx, cancel := context.WithTimeout(ctx, killPatience)
	defer cancel()
	b.note("kill")
	if err := b.proc.Kill(ctx); err != nil {
		return nil, b.fail(PhaseStop, fmt.Errorf("kill: %w", err))
	}
	select {
	case <-b.done:
		return b.finish(PhaseStop)
	case <-ctx.Done():
		return nil, b.fail(PhaseStop, fmt.Errorf("wait for the end after the kill: %w", context.Cause(ctx)))
	}
}

// Close kills what still runs, gives the port back, and removes the instance's
// folder when Launch chose it. It may be called twice. An error wraps
// ErrMachine.
func (b *Blender) Close() error {
	b.closeOnce.Do(func() {
		if b.Exit() == nil {
			if _, err := b.Kill(context.Background()); err != nil {
				b.closeErr = machinef("close: %w", err)
			}
		}
		b.reserved.Release()
		b.unlink()
		if b.temporary {
			if err := os.RemoveAll(b.dir); err != nil {
				b.closeErr = errors.Join(b.closeErr, machinef("remove the instance's folder: %w", err))
			}
		}
		if guard, ok := b.proc.(io.Closer); ok {
			b.closeErr = errors.Join(b.closeErr, guard.Close())
		}
	})
	return b.closeErr
}
