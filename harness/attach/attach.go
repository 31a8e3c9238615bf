package attach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/process"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// New is the backend for a Blender that already runs and serves at address
// (host:port). pid 0 means that the process is not on this machine, or not
// known: then signals, measurements and files are errors that wrap
// errors.ErrUnsupported.
func New(address string, pid int) harness.Backend { return attach{address, pid} }

type attach struct {
	address string
	pid     int
}

func (attach) Name() string { return "attach" }

// Info knows the executable of a process on this machine, and no version.
func (a attach) Info(context.Context) (harness.Info, error) {
	if a.pid == 0 {
		return harness.Info{}, nil
	}
	return harness.Info{Path: process.Executable(a.pid)}, nil
}

func (a attach) Start(_ context.Context, spec *harness.LaunchSpec) (harness.Process, error) {
	if _, _, err := net.SplitHostPort(a.address); err != nil {
		return nil, fmt.Errorf("attach to %q: %w", a.address, err)
	}
	p := &attached{attach: a, dir: spec.Dir, done: make(chan struct{})}
	if a.pid == 0 {
		return p, nil
	}
	found, err := os.FindProcess(a.pid)
	if err != nil {
		return nil, fault.Machinef("attach to process %d: %w", a.pid, err)
	}
	p.process = found
	if p.stop, err = process.WhenEnded(a.pid, p.letGo); err != nil {
		return nil, fault.Machinef("attach to process %d: %w", a.pid, err)
	}
	return p, nil
}

// attached is a Blender that somebody else started.
type attached struct {
	attach
	dir     string      // the instance's folder
	process *os.Process // nil without pid
	stop    func()      // ends the watch for the process's end
	once    sync.Once
	done    chan struct{}
}

func (p *attached) letGo() { p.once.Do(func() { close(p.done) }) }

func (p *attached) PID() int               { return p.pid }
func (p *attached) Done() <-chan struct{}  { return p.done }
func (p *attached) Status() harness.Status { return harness.Status{Code: -1} }

// Command names what it is attached to.
func (p *attached) Command() string { return "(attached to " + p.address + ")" }

// Address is the one that was given, whatever the port.
func (p *attached) Address(context.Context, int) (string, error) { return p.address, nil }

func (p *attached) Signal(_ context.Context, sig os.Signal) error {
	if p.process == nil {
		return process.ErrNoPID
	}
	return p.process.Signal(sig)
}

// Kill lets go of the process and leaves it running.
func (p *attached) Kill(context.Context) error {
	if p.stop != nil {
		p.stop()
	}
	p.letGo()
	return nil
}

func (p *attached) Usage(context.Context) (usage.Sample, error) {
	if p.pid == 0 {
		return usage.Sample{}, process.ErrNoPID
	}
	return usage.Tree(p.pid)
}

func (p *attached) Listeners(ctx context.Context) ([]netip.AddrPort, error) {
	sample, err := p.Usage(ctx)
	if err != nil {
		return nil, err
	}
	return instance.Listeners(sample)
}

// ReadFile reads below the instance's folder, for what the attached Blender was
// asked to write there.
func (p *attached) ReadFile(_ context.Context, rel string) ([]byte, error) {
	if err := process.SharesFiles(p.pid); err != nil {
		return nil, fmt.Errorf("read %s of an attached Blender: %w", rel, err)
	}
	return instance.ReadFile(p.dir, rel)
}
