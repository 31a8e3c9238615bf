package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Local is the backend that starts a process on this machine. executable ""
// means $BGCHECK_BLENDER, then "blender" in PATH.
func Local(executable string) Backend { return local{executable} }

type local struct{ executable string }

func (local) Name() string { return "local" }

// Start starts the supervisor, and it Blender.
func (l local) Start(ctx context.Context, spec *Spec) (Process, error) {
	return l.startThrough(ctx, spec, func(*order) error { return nil })
}

// startThrough lets change make another order of the one that starts Blender;
// the command to repeat by hand stays that of Blender.
func (l local) startThrough(ctx context.Context, spec *Spec, change func(*order) error) (Process, error) {
	if spec.AsPID1 {
		return nil, machinef("start Blender as process 1: that takes a container (-backend=container)")
	}
	path, err := findExecutable(l.executable)
	if err != nil {
		return nil, err
	}
	o := order{Path: path, Args: []string{path}, Dir: filepath.Join(spec.Dir, "home")}
	for _, arg := range spec.Args {
		arg, err := Expand(arg, spec.Dir, spec.Mounts)
		if err != nil {
			return nil, err
		}
		o.Args = append(o.Args, arg)
	}
	if o.Env, err = localEnv(spec, path); err != nil {
		return nil, err
	}
	p := &localProcess{
		dir: spec.Dir, id: spec.ID, command: repeatable(o),
		started: make(chan error, 1), answers: map[int]chan string{}, done: make(chan struct{}),
	}
	if err := change(&o); err != nil {
		return nil, err
	}
	if err := p.start(o, spec); err != nil {
		return nil, machinef("start supervisor: %w", err)
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
		return nil, machinef("start Blender: %w", context.Cause(ctx))
	}
}

// repeatable is the launch as a line for a POSIX shell.
func repeatable(o order) string {
	line := "cd " + Quote(o.Dir) + " && env -i"
	for _, assignment := range o.Env {
		line += " " + quoteAssignment(assignment)
	}
	return line + " " + Quote(o.Args...) + " </dev/null"
}

// localProcess is a Blender under a supervisor.
type localProcess struct {
	dir, id, command string
	pid              int
	supervisor       *exec.Cmd
	started          chan error
	done             chan struct{}
	status           Status // written before done is closed

	mu       sync.Mutex
	tether   *os.File            // nil once cut
	requests int                 // numbered
	answers  map[int]chan string // to requests; each channel has room for its one answer
}

func (p *localProcess) PID() int              { return p.pid }
func (p *localProcess) Command() string       { return p.command }
func (p *localProcess) Done() <-chan struct{} { return p.done }

// Status is valid after Done.
func (p *localProcess) Status() Status { return p.status }

// Address is on the loopback interface.
func (p *localProcess) Address(_ context.Context, port int) (string, error) {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
}

// Signal goes through the supervisor: as Blender's parent it alone knows that
// the PID still means Blender.
func (p *localProcess) Signal(ctx context.Context, sig os.Signal) error {
	number, ok := sig.(syscall.Signal)
	if !ok {
		return fmt.Errorf("unknown signal %v", sig)
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

// supervisorPatience is how long a supervisor may take to kill its tree before
// it is killed itself.
var supervisorPatience = 10 * time.Second

// Kill cuts the tether. A supervisor that does not act is killed itself, and
// Blender with it.
func (p *localProcess) Kill(ctx context.Context) error {
	p.cut()
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(supervisorPatience):
	}
	if err := p.supervisor.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return machinef("kill supervisor: %w", err)
	}
	return nil
}

// Usage measures Blender's tree now, with those of its descendants that have
// left it and belong to the supervisor.
func (p *localProcess) Usage(context.Context) (usage.Sample, error) {
	select {
	case <-p.done:
		return usage.Sample{}, os.ErrProcessDone
	default:
		return measureTree(p.pid, p.supervisor.Process.Pid)
	}
}

// Listeners lists the tree's listening sockets.
func (p *localProcess) Listeners(ctx context.Context) ([]netip.AddrPort, error) {
	sample, err := p.Usage(ctx)
	if err != nil {
		return nil, err
	}
	return listenersOf(sample)
}

func listenersOf(sample usage.Sample) ([]netip.AddrPort, error) {
	pids := make([]int, len(sample.Procs))
	for i, proc := range sample.Procs {
		pids[i] = proc.PID
	}
	return usage.Listeners(pids)
}

// ReadFile reads below the instance's folder.
func (p *localProcess) ReadFile(_ context.Context, rel string) ([]byte, error) {
	return readBelow(p.dir, rel)
}

// readBelow reads a file of an instance's folder.
func readBelow(dir, rel string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return nil, fmt.Errorf("read %s: it lies outside the instance's folder", rel)
	}
	return os.ReadFile(filepath.Join(dir, filepath.FromSlash(rel)))
}
