package harness

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/port"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Blender is one running (or ended) Blender. All methods may be called by
// several goroutines.
type Blender struct {
	id, dir, token string
	backend        string
	command        string
	temporary      bool   // dir goes with Close
	link           string // a short path to dir; "" when that is short
	mounts         map[string]string
	port           int
	reserved       *port.Reservation
	announce       *regexp.Regexp
	noPort         bool
	log            *Log
	proc           Process
	started        time.Time

	done chan struct{} // closed by watch
	exit *Exit         // written before done is closed

	mu        sync.Mutex
	asked     time.Time // first request to stop; zero: none
	request   os.Signal // what was sent first; nil: killed at once
	escalated bool
	gaveUp    time.Time // when the kill came after an unheeded request
	ready     time.Duration
	announced int
	sent      []Sent

	closeOnce sync.Once
	closeErr  error
}

// watch is the one goroutine that waits for the end.
func (b *Blender) watch() {
	<-b.proc.Done()
	b.log.close()
	b.exit = b.explain(b.proc.Status(), time.Now())
	close(b.done)
}

// ID is unique on this machine.
func (b *Blender) ID() string { return b.id }

// Dir is the instance's folder on the host: log.txt, scratch/, tmp/, profile/.
func (b *Blender) Dir() string { return b.dir }

// Folder is Dir as Blender sees it.
func (b *Blender) Folder() string {
	if placed, ok := b.proc.(Placed); ok {
		return placed.Dir()
	}
	return b.dir
}

// Scratch is the scratch folder's path as Blender sees it, a short one where it
// would be too long for a Unix socket; ReadScratch reads from it on every backend.
func (b *Blender) Scratch() string {
	if placed, ok := b.proc.(Placed); ok {
		return path.Join(placed.Dir(), "scratch")
	}
	return b.hostScratch()
}

// Fill replaces {port}, {token} and {scratch} in a text as Launch did: as Blender
// sees them. An announced port is 0.
func (b *Blender) Fill(text string) string {
	return filler(b.port, b.token, b.Scratch()).Replace(text)
}

// Mount is the path of a mounted folder as Blender sees it; "" when there is none
// of that name.
func (b *Blender) Mount(name string) string {
	folder := b.mounts[name]
	if placed, ok := b.proc.(Placed); ok && folder != "" {
		return placed.Mount(name)
	}
	return folder
}

// WorkDir is the folder on the host that Blender began in, for one with Work. In a
// container what is in it comes here when Blender has ended.
func (b *Blender) WorkDir() string { return filepath.Join(b.dir, workFolder) }

// ReadScratch reads a file of the scratch folder; errors wrap fs.ErrNotExist.
func (b *Blender) ReadScratch(ctx context.Context, name string) ([]byte, error) {
	return b.proc.ReadFile(ctx, path.Join("scratch", name))
}

// Token is what {token} was replaced by.
func (b *Blender) Token() string { return b.token }

// PID of Blender; 0 where the backend cannot see it.
func (b *Blender) PID() int { return b.proc.PID() }

// Command repeats the launch by hand, in a POSIX shell, with the whole
// environment that Blender got. It works as long as Dir exists. In a folder that
// stays (see KeepIn) it is short and runs Dir/command.sh.
func (b *Blender) Command() string { return b.command }

// Address is host:port of the service as the harness reaches it. With an
// announced port it waits for the announcement, until ctx or the end of Blender.
func (b *Blender) Address(ctx context.Context) (string, error) {
	port, err := b.portNumber(ctx)
	if err != nil {
		return "", b.fail(PhaseReady, err)
	}
	address, err := b.proc.Address(ctx, port)
	if err != nil {
		return "", b.fail(PhaseReady, fmt.Errorf("find the service's address: %w", err))
	}
	return address, nil
}

func (b *Blender) portNumber(ctx context.Context) (int, error) {
	if b.announce == nil {
		return b.port, nil
	}
	b.mu.Lock()
	port := b.announced
	b.mu.Unlock()
	if port != 0 {
		return port, nil
	}
	groups, err := b.log.Wait(ctx, 0, b.announce)
	switch {
	case errors.Is(err, ErrEnded):
		select { // the log ends a moment before the exit is known
		case <-b.done:
		case <-ctx.Done():
		}
		return 0, fmt.Errorf("no port was announced: %w", err)
	case err != nil:
		return 0, fmt.Errorf("no port was announced: %w", err)
	case len(groups) < 2:
		return 0, fmt.Errorf("read announced port: the pattern %q has no group", b.announce)
	}
	port, err = strconv.Atoi(groups[1])
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("read announced port: %q is no port (line %q)", groups[1], groups[0])
	}
	b.mu.Lock()
	b.announced = port
	b.mu.Unlock()
	return port, nil
}

// ReadyAfter is the time from launch to readiness; 0 before.
func (b *Blender) ReadyAfter() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready
}

// Started is when it was launched.
func (b *Blender) Started() time.Time { return b.started }

// Log is the output so far.
func (b *Blender) Log() *Log { return b.log }

// Done is closed when Blender has ended and Exit is known.
func (b *Blender) Done() <-chan struct{} { return b.done }

// Exit is nil while Blender runs.
func (b *Blender) Exit() *Exit {
	select {
	case <-b.done:
		return b.exit
	default:
		return nil
	}
}

// Wait waits for the end, or ctx. The error wraps ErrMachine, and comes with
// the Exit, when the backend lost sight of Blender or the log is not whole.
func (b *Blender) Wait(ctx context.Context) (*Exit, error) {
	select {
	case <-b.done:
		return b.finish(PhaseRun)
	case <-ctx.Done():
		return nil, b.fail(PhaseRun, fmt.Errorf("wait for the end: %w", context.Cause(ctx)))
	}
}

// finish gives the exit with the fault of the machine that spoils it, if any.
func (b *Blender) finish(phase Phase) (*Exit, error) {
	if b.exit.Err != nil {
		return b.exit, b.fail(phase, b.exit.Err)
	}
	return b.exit, nil
}

// Usage measures the process tree now.
func (b *Blender) Usage(ctx context.Context) (usage.Sample, error) {
	sample, err := b.proc.Usage(ctx)
	if err != nil {
		return sample, b.fail(PhaseRun, fmt.Errorf("measure: %w", err))
	}
	return sample, nil
}

// Listeners are the addresses the tree listens on.
func (b *Blender) Listeners(ctx context.Context) ([]netip.AddrPort, error) {
	list, err := b.proc.Listeners(ctx)
	if err != nil {
		return nil, b.fail(PhaseRun, fmt.Errorf("list listening sockets: %w", err))
	}
	return list, nil
}

// fail wraps err with all that explains it. An *Error stays as it is.
func (b *Blender) fail(phase Phase, err error) error {
	var whole *Error
	if errors.As(err, &whole) {
		return err
	}
	e := &Error{Phase: phase, Err: err, Exit: b.Exit(), Command: b.command}
	e.Tail = clip(b.log.Tail(tailLines), tailWidth)
	return e
}

const (
	tailLines = 20  // of the log, in an Exit or Error
	tailWidth = 400 // bytes of each line
)
