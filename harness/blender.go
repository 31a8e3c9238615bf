package harness

import (
	"context"
	"net/netip"
	"os"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Blender is one running (or ended) Blender. All methods may be called by
// several goroutines.
type Blender struct{}

// Launch starts Blender and returns once the process exists; WaitReady waits
// for its service. On an error there is nothing to close.
func Launch(ctx context.Context, options ...Option) (*Blender, error) { panic("todo") }

// Local is the backend that starts a process on this machine. executable ""
// means $BGCHECK_BLENDER, then "blender" in PATH.
func Local(executable string) Backend { panic("todo") }

// ID is unique on this machine.
func (b *Blender) ID() string { panic("todo") }

// Dir is the instance's folder on the host: log.txt, scratch/, tmp/, profile/.
func (b *Blender) Dir() string { panic("todo") }

// Scratch is the scratch folder's path as Blender sees it; ReadScratch reads
// from it on every backend.
func (b *Blender) Scratch() string { panic("todo") }

// ReadScratch reads a file of the scratch folder; errors wrap fs.ErrNotExist.
func (b *Blender) ReadScratch(ctx context.Context, name string) ([]byte, error) { panic("todo") }

// Token is what {token} was replaced by.
func (b *Blender) Token() string { panic("todo") }

// PID of Blender; 0 where the backend cannot see it.
func (b *Blender) PID() int { panic("todo") }

// Command is the command line to repeat by hand, quoted for a POSIX shell,
// with the variables that were set.
func (b *Blender) Command() string { panic("todo") }

// Address is host:port of the service as the harness reaches it. With an
// announced port it waits for the announcement, until ctx or the end of Blender.
func (b *Blender) Address(ctx context.Context) (string, error) { panic("todo") }

// WaitReady calls probe with the service's address until it returns nil. It
// ends at once, with an *Error wrapping ErrEnded, when Blender ends, and with
// probe's last error when ctx does. An accepted TCP connection proves
// nothing: probe must ask for a reply.
func (b *Blender) WaitReady(ctx context.Context, probe func(ctx context.Context, address string) error) error {
	panic("todo")
}

// ReadyAfter is the time from launch to readiness; 0 before.
func (b *Blender) ReadyAfter() time.Duration { panic("todo") }

// Log is the output so far.
func (b *Blender) Log() *Log { panic("todo") }

// Done is closed when Blender has ended and Exit is known.
func (b *Blender) Done() <-chan struct{} { panic("todo") }

// Exit is nil while Blender runs.
func (b *Blender) Exit() *Exit { panic("todo") }

// Wait waits for the end, or ctx.
func (b *Blender) Wait(ctx context.Context) (*Exit, error) { panic("todo") }

// Signal sends sig to Blender alone. The first one counts as a stop request.
func (b *Blender) Signal(ctx context.Context, sig os.Signal) error { panic("todo") }

// Stop sends SIGTERM, waits, and kills the whole tree when ctx ends or the
// grace (option StopGrace, default 5 s) is over.
func (b *Blender) Stop(ctx context.Context, options ...StopOption) (*Exit, error) { panic("todo") }

// Kill ends the whole tree at once and waits for the exit.
func (b *Blender) Kill(ctx context.Context) (*Exit, error) { panic("todo") }

// Close kills what still runs, and removes the instance's folder when Launch
// chose it. It may be called twice.
func (b *Blender) Close() error { panic("todo") }

// Usage measures the process tree now.
func (b *Blender) Usage(ctx context.Context) (usage.Sample, error) { panic("todo") }

// Listeners are the addresses the tree listens on.
func (b *Blender) Listeners(ctx context.Context) ([]netip.AddrPort, error) { panic("todo") }

// StopOption changes one Stop.
type StopOption func(*stopSettings)

type stopSettings struct {
	signal os.Signal
	grace  time.Duration
}

// StopSignal replaces SIGTERM.
func StopSignal(sig os.Signal) StopOption { return func(s *stopSettings) { s.signal = sig } }

// StopGrace replaces the 5 s before the kill.
func StopGrace(d time.Duration) StopOption { return func(s *stopSettings) { s.grace = d } }
