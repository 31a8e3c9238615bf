package mishap

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// Fault is one thing that goes wrong around a living Blender.
type Fault struct {
	// Name in a word or two, such as "freeze".
	Name string
	// What happens, as a sentence that follows "after".
	What string
	// Available says why it cannot be made to happen to a life; "" when it can.
	Available func(*contract.Session, *contract.Life) string
	// Inject makes it happen; over takes it away again, and may be called twice.
	// An error is one of the machine: nothing has happened.
	Inject func(context.Context, *contract.Life) (over func() error, err error)
}

// headroom is what a Blender may still take when its memory is bounded, so that what
// little it needs by itself is there: 256 MiB.
const headroom = 256 << 20

// The faults of the machine. Those of the network are what a Proxy does.
var (
	Freeze = Fault{
		Name: "freeze", What: "it was stopped for a while (SIGSTOP) and went on (SIGCONT)",
		Available: func(*contract.Session, *contract.Life) string {
			if procfs.Stop == 0 {
				return "this system has no signal that stops a process"
			}
			return ""
		},
		Inject: func(ctx context.Context, life *contract.Life) (func() error, error) {
			if err := life.Nudge(ctx, procfs.Stop); err != nil {
				return nil, err
			}
			return func() error { return life.Nudge(context.WithoutCancel(ctx), procfs.Continue) }, nil
		},
	}
	NoDescriptors = Fault{
		Name: "no-descriptors", What: "it had no descriptor left for a while (RLIMIT_NOFILE)",
		Available: seen,
		Inject: func(_ context.Context, life *contract.Life) (func() error, error) {
			free, err := procfs.FreeDescriptor(life.PID())
			if err != nil {
				return nil, err
			}
			return procfs.Limit(life.PID(), procfs.Descriptors, uint64(free))
		},
	}
	NoMemory = Fault{
		Name: "no-memory", What: "it could have no more memory for a while (RLIMIT_AS)",
		Available: seen,
		Inject: func(_ context.Context, life *contract.Life) (func() error, error) {
			mapped, err := procfs.Mapped(life.PID())
			if err != nil {
				return nil, err
			}
			return procfs.Limit(life.PID(), procfs.AddressSpace, mapped+headroom)
		},
	}
	FullDisk = Fault{
		Name: "full-disk", What: "no file could grow for a while, as on a full disk (RLIMIT_FSIZE)",
		Available: func(s *contract.Session, life *contract.Life) string {
			if why := seen(s, life); why != "" {
				return why
			}
			if ignored, caught, known := procfs.Masks(life.PID()); !known || (ignored|caught)>>max(procfs.FileTooBig-1, 0)&1 == 0 {
				return "the signal that tells of a file that may not grow would end this Blender, which a full disk does not do"
			}
			return ""
		},
		Inject: func(_ context.Context, life *contract.Life) (func() error, error) {
			return procfs.Limit(life.PID(), procfs.FileSize, 0)
		},
	}
	NoTemp = Fault{
		Name: "no-temp", What: "what it had in its temporary folder was deleted with the folder",
		Available: func(s *contract.Session, _ *contract.Life) string {
			if !s.Local() {
				return "its temporary folder lies in a place of its own"
			}
			return ""
		},
		Inject: func(_ context.Context, life *contract.Life) (func() error, error) {
			folder := filepath.Join(life.Dir(), "tmp")
			if err := os.RemoveAll(folder); err != nil {
				return nil, fmt.Errorf("delete the temporary folder: %w", err)
			}
			return func() error { return os.MkdirAll(folder, 0o700) }, nil
		},
	}
)

// seen says why a life's process has no limits that could be set from here.
func seen(_ *contract.Session, life *contract.Life) string {
	if life.PID() <= 0 {
		return "its process cannot be seen from here, so that it cannot be limited"
	}
	return procfs.WhyNoLimit(life.PID())
}
