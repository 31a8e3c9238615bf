package harness

import (
	"context"
	"io"
	"net/netip"
	"os"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Backend starts Blender somewhere. It hides where the process lives, and so
// how it is signalled, measured, reached and read. Everything else (options,
// readiness, logs, stop with escalation, exits) is in Blender and is the same
// on every backend.
type Backend interface {
	// Name is "local", "window", "container" or "attach".
	Name() string
	// Info says which Blender the backend starts. An error wraps ErrMachine:
	// it is a fault of the machine, never of the add-on.
	Info(ctx context.Context) (Info, error)
	// Start starts one Blender as spec says and returns once the process
	// exists. Output goes to spec.Output until the process is done.
	Start(ctx context.Context, spec *LaunchSpec) (Process, error)
}

// Info names one Blender.
type Info struct {
	// Version as Blender prints it, e.g. "3.4.1".
	Version string `json:"version"`
	// Path of the executable, as the backend sees it.
	Path string `json:"path"`
	// Image is the container image; empty on other backends.
	Image string `json:"image,omitempty"`
}

// LaunchSpec is one launch, resolved: what a Backend gets. Launch fills it from
// options and prepares Dir on the host before Start is called.
//
// Strings in Wrapper, Args and Env may hold {dir} and {mount:NAME}; the backend replaces
// them by the folder as its process sees it. All other placeholders
// are already replaced.
type LaunchSpec struct {
	// ID is unique on this machine, and marks everything that belongs to the
	// instance (environment, container label): "PID-STARTTICKS-N" of the owner.
	ID string
	// Dir is the instance's folder on the host. It holds home/, tmp/, run/,
	// profile/{config,scripts/addons,datafiles,extensions}/, scratch/ and log.txt.
	Dir string
	// Work is the folder below Dir that Blender begins in; empty: home.
	Work string
	// Input is what Blender finds on its standard input.
	Input Input
	// Temporary: Dir goes when the harness ends. A backend whose guard outlives a
	// harness that was killed removes it then.
	Temporary bool
	// Link is a short path to Dir, "" where Dir is short itself. The backends of this
	// machine make it, and their guard removes it when the harness was killed; for
	// others Launch has made it.
	Link string
	// Mounts are further host folders that the process reads, by name.
	Mounts map[string]string
	// Wrapper is a program that is started in Blender's place, with the same arguments,
	// and starts "blender"; a placeholder of a mount may stand in it. Empty: none.
	Wrapper string
	// Args are Blender's arguments, without the executable.
	Args []string
	// Env holds the variables set for Blender beside the base environment.
	Env map[string]string
	// Port the service will listen on; 0 when the service asks for a free one
	// and announces it.
	Port int
	// AsPID1: Blender is process 1 of its container, without an init. Backends
	// that cannot do that return an error that wraps ErrMachine.
	AsPID1 bool
	// Output receives stdout and stderr, merged in order of arrival.
	Output io.Writer
}

// Process is one started Blender as the backend sees it. One that is an io.Closer is
// closed last of all by Blender.Close.
type Process interface {
	// PID of Blender in the harness's own view; 0 where it cannot be seen.
	PID() int
	// Command is the complete command line, quoted, to repeat by hand.
	Command() string
	// Address at which the harness reaches the service's port.
	Address(ctx context.Context, port int) (string, error)
	// Signal goes to Blender alone, not to its descendants.
	Signal(ctx context.Context, sig os.Signal) error
	// Kill ends Blender and all its descendants at once.
	Kill(ctx context.Context) error
	// Done is closed when Blender has ended, its output is complete, and what
	// it left running has been listed and killed. Crash logs (tmp/*.crash.txt)
	// are in the instance's Dir on the host by then.
	Done() <-chan struct{}
	// Status is valid after Done.
	Status() Status
	// Usage measures the process tree now.
	Usage(ctx context.Context) (usage.Sample, error)
	// Listeners are the addresses the process tree listens on, in its own
	// network namespace.
	Listeners(ctx context.Context) ([]netip.AddrPort, error)
	// ReadFile reads a file below the instance's Dir; an error wraps
	// fs.ErrNotExist when there is none.
	ReadFile(ctx context.Context, rel string) ([]byte, error)
}

// Placed is a Process to which folders have other paths than on the host, as in
// a container.
type Placed interface {
	// Dir is the instance's folder as the process sees it.
	Dir() string
	// Mount is the mount of that name as the process sees it.
	Mount(name string) string
}

// Outside is a Backend whose Blender does not share this machine's loopback.
type Outside interface {
	// HostAddress is the address of this machine at which its Blender can reach what
	// listens there, and nobody else but the backend's own.
	HostAddress(ctx context.Context) (string, error)
}

// Status is how a process ended.
type Status struct {
	// Code is the exit code, or -1 when a signal ended the process.
	Code int
	// Signal that ended the process, nil otherwise.
	Signal os.Signal
	// OOM: the kernel ended it for want of memory (containers with a limit).
	OOM bool
	// Left are the descendants that still ran when Blender had ended. They
	// have been killed.
	Left []usage.Proc
	// Ended is when Blender itself ended; zero: when Done was closed.
	Ended time.Time
	// Err is set when the backend lost sight of Blender and cannot say how it
	// ended; it wraps ErrMachine.
	Err error
}
