package harness

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/internal/supervise"
)

// Local is the backend that starts a process on this machine. executable ""
// means $BGCHECK_BLENDER, then "blender" in PATH.
func Local(executable string) Backend { return local{executable} }

type local struct{ executable string }

func (local) Name() string { return "local" }

// Start starts the supervisor, and it Blender.
func (l local) Start(ctx context.Context, spec *LaunchSpec) (Process, error) {
	return l.StartThrough(ctx, spec, "", nil)
}

// StartThrough starts program in Blender's place, which has to become Blender:
// the whole command line of Blender follows args, of which the first is what
// program calls itself. "" starts Blender itself. The command to repeat by hand
// is Blender's in any case. The backend window is built on it.
func (l local) StartThrough(ctx context.Context, spec *LaunchSpec, program string, args []string) (Process, error) {
	if spec.AsPID1 {
		return nil, machinef("start Blender as process 1: that takes a container (--backend container)")
	}
	path, err := findExecutable(l.executable)
	if err != nil {
		return nil, err
	}
	o := supervise.Order{Path: path, Args: []string{path}, Dir: filepath.Join(spec.Dir, spec.Work), Input: string(spec.Input)}
	if spec.Temporary {
		o.Remove = spec.Dir
	}
	if spec.Link != "" {
		o.Link, o.LinkTo = spec.Link, spec.Dir
	}
	for _, arg := range spec.Args {
		arg, err := instance.Expand(arg, spec.Dir, spec.Mounts)
		if err != nil {
			return nil, err
		}
		o.Args = append(o.Args, arg)
	}
	if o.Env, err = localEnv(spec, path); err != nil {
		return nil, err
	}
	if spec.Wrapper != "" {
		if err := wrap(&o, spec); err != nil {
			return nil, err
		}
	}
	command := repeatable(o)
	if program != "" {
		o.Path, o.Args = program, append(slices.Clone(args), o.Args...)
	}
	before := procfs.BeforeOOM()
	p, err := supervise.Start(ctx, spec.ID, o, spec.Output)
	if err != nil {
		return nil, err
	}
	return &localProcess{Process: p, dir: spec.Dir, command: command, before: before}, nil
}

// repeatable is the launch as a line for a POSIX shell.
func repeatable(o supervise.Order) string {
	line := "cd " + instance.Quote(o.Dir) + " && env -i"
	for _, assignment := range o.Env {
		if strings.HasPrefix(assignment, instance.Variable+"=") {
			continue // what bears it is swept when its owner has ended
		}
		line += " " + instance.QuoteAssignment(assignment)
	}
	line += " " + instance.Quote(o.Args...)
	switch Input(o.Input) {
	case InputClosed:
		return line + " <&-"
	case InputWire:
		return line + "   # type requests; Ctrl-D ends the input"
	case InputSilent:
		return "tail -f /dev/null | (" + line + ")"
	}
	return line + " </dev/null"
}

// localProcess is a Blender under a supervisor, in the instance's folder dir.
type localProcess struct {
	*supervise.Process
	dir, command string
	before       procfs.OOM
}

// Command is the launch as a line for a POSIX shell.
func (p *localProcess) Command() string { return p.command }

// Address is on the loopback interface.
func (p *localProcess) Address(_ context.Context, port int) (string, error) {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
}

// Stdio is nil where standard input and output are no wire.
func (p *localProcess) Stdio(context.Context) (io.WriteCloser, io.ReadCloser, error) {
	return p.Stdin, p.Stdout, nil
}

// Status is valid after Done.
func (p *localProcess) Status() Status {
	end := p.End()
	return Status{Code: end.Code, Signal: end.Signal, OOM: p.oomKilled(), Left: end.Left, Ended: end.Ended, Err: end.Err}
}

// oomKilled says whether the kernel ended it for want of memory.
func (p *localProcess) oomKilled() bool {
	return p.End().Signal == os.Signal(syscall.SIGKILL) && p.before.Killed(p.PID())
}

// Listeners lists the tree's listening sockets.
func (p *localProcess) Listeners(ctx context.Context) ([]netip.AddrPort, error) {
	sample, err := p.Usage(ctx)
	if err != nil {
		return nil, err
	}
	return instance.Listeners(sample)
}

// ReadFile reads below the instance's folder.
func (p *localProcess) ReadFile(_ context.Context, rel string) ([]byte, error) {
	return instance.ReadFile(p.dir, rel)
}
