package supervise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Process is a Blender under a supervisor.
type Process struct {
	// Stdin and Stdout are Blender's, when they are a wire; else nil.
	Stdin, Stdout *os.File

	id         string
	pid        int
	supervisor *exec.Cmd
	started    chan error
	done       chan struct{}
	end        End        // written before done is closed
	reaped     chan error // room for one: how the supervisor ended

	mu       sync.Mutex
	tether   *os.File            // nil once cut
	requests int                 // numbered
	answers  map[int]chan string // to requests; each channel has room for its one answer
}

// End is how a Blender ended.
type End struct {
	// Code is the exit code, -1 when a signal ended it or nobody saw the end.
	Code int
	// Signal that ended it, nil otherwise.
	Signal os.Signal
	// Left are the descendants that still ran then. They have been killed.
	Left []usage.Proc
	// Ended is when Blender itself ended.
	Ended time.Time
	// Err is set when the supervisor ended first.
	Err error
}

// Start starts the supervisor, and it what o orders, as part of the instance
// called id. Output goes to output until the process is done. ctx bounds the
// start alone. Errors wrap fault.ErrMachine.
func Start(ctx context.Context, id string, o Order, output io.Writer) (*Process, error) {
	p := &Process{id: id, started: make(chan error, 1), answers: map[int]chan string{}, done: make(chan struct{}), reaped: make(chan error, 1)}
	if err := p.start(o, output); err != nil {
		return nil, fault.Machinef("start supervisor: %w", err)
	}
	select {
	case err := <-p.started:
		if err != nil {
			<-p.done
			return nil, err
		}
		return p, nil
	case <-ctx.Done():
		_ = p.Kill(context.WithoutCancel(ctx))
		<-p.done
		_ = p.Close()
		return nil, fault.Machinef("start Blender: %w", context.Cause(ctx))
	}
}

// PID of Blender.
func (p *Process) PID() int { return p.pid }

// Done is closed when Blender has ended, its output is complete, and what it
// left running has been killed.
func (p *Process) Done() <-chan struct{} { return p.done }

// End is valid after Done.
func (p *Process) End() End { return p.end }

// Signal goes through the supervisor: as Blender's parent it alone knows that
// the PID still means Blender.
func (p *Process) Signal(ctx context.Context, sig os.Signal) error {
	number, ok := sig.(syscall.Signal)
	if !ok {
		return fmt.Errorf("unknown signal %v", sig)
	}
	select {
	case <-p.done:
		return os.ErrProcessDone
	default:
	}
	answer, err := p.ask(int(number))
	if err != nil {
		return err
	}
	select {
	case said := <-answer:
		switch said {
		case "":
			return nil
		case os.ErrProcessDone.Error():
			return os.ErrProcessDone
		}
		return errors.New(said)
	case <-p.done:
		return os.ErrProcessDone
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// patience is how long a supervisor may take to kill its tree before it is killed
// itself.
var patience = 10 * time.Second

// Kill has the supervisor kill the tree. One that does not act is killed itself, and
// Blender with it.
func (p *Process) Kill(ctx context.Context) error {
	p.tell(request{Kill: true})
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(patience):
	}
	if err := p.supervisor.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fault.Machinef("kill supervisor: %w", err)
	}
	return nil
}

// Close ends the supervisor, after Done; what the order had it remove is the
// caller's from then on. It may be called twice.
func (p *Process) Close() error {
	p.cut()
	p.reaped <- <-p.reaped
	return nil
}

// Usage measures Blender's tree now, with those of its descendants that have
// left it and belong to the supervisor.
func (p *Process) Usage(context.Context) (usage.Sample, error) {
	select {
	case <-p.done:
		return usage.Sample{}, os.ErrProcessDone
	default:
		return measureTree(p.pid, p.supervisor.Process.Pid)
	}
}
