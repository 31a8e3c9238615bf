package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Attach is the backend for a Blender that already runs and serves at address
// (host:port). pid 0 means that the process is not on this machine, or not
// known: then signals and measurements are errors that wrap
// errors.ErrUnsupported. Its files are read where SharesFiles(pid) is nil.
//
// Nothing is started, so that add-ons, scripts, flags and variables given to
// Launch have no effect, and there is no log. Nothing is killed either: Kill and
// Close only let go. Signal does reach the process, and its end is noticed; its
// exit code is known to its parent alone and stays -1.
func Attach(address string, pid int) Backend { return attach{address, pid} }

type attach struct {
	address string
	pid     int
}

func (attach) Name() string { return "attach" }

// Info knows the executable of a process on this machine, and no version.
func (a attach) Info(context.Context) (Info, error) {
	if a.pid == 0 {
		return Info{}, nil
	}
	return Info{Path: executableOf(a.pid)}, nil
}

func (a attach) Start(_ context.Context, spec *Spec) (Process, error) {
	if _, _, err := net.SplitHostPort(a.address); err != nil {
		return nil, fmt.Errorf("attach to %q: %w", a.address, err)
	}
	p := &attached{attach: a, dir: spec.Dir, done: make(chan struct{})}
	if a.pid == 0 {
		return p, nil
	}
	process, err := os.FindProcess(a.pid)
	if err != nil {
		return nil, machinef("attach to process %d: %w", a.pid, err)
	}
	p.process = process
	if p.stop, err = whenEnded(a.pid, p.letGo); err != nil {
		return nil, machinef("attach to process %d: %w", a.pid, err)
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

var errNoPID = fmt.Errorf("no PID of the attached Blender is known: %w", errors.ErrUnsupported)

func (p *attached) letGo() { p.once.Do(func() { close(p.done) }) }

func (p *attached) PID() int              { return p.pid }
func (p *attached) Done() <-chan struct{} { return p.done }
func (p *attached) Status() Status        { return Status{Code: -1} }

// Command names what it is attached to.
func (p *attached) Command() string { return "(attached to " + p.address + ")" }

// Address is the one that was given, whatever the port.
func (p *attached) Address(context.Context, int) (string, error) { return p.address, nil }

func (p *attached) Signal(_ context.Context, sig os.Signal) error {
	if p.process == nil {
		return errNoPID
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
		return usage.Sample{}, errNoPID
	}
	return usage.Tree(p.pid)
}

func (p *attached) Listeners(ctx context.Context) ([]netip.AddrPort, error) {
	sample, err := p.Usage(ctx)
	if err != nil {
		return nil, err
	}
	return listenersOf(sample)
}

// ReadFile reads below the instance's folder, for what the attached Blender was
// asked to write there.
func (p *attached) ReadFile(_ context.Context, rel string) ([]byte, error) {
	if err := SharesFiles(p.pid); err != nil {
		return nil, fmt.Errorf("read %s of an attached Blender: %w", rel, err)
	}
	return readBelow(p.dir, rel)
}
