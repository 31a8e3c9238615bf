package container

import (
	"context"
	"strings"
	"sync"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// Backend starts Blender in containers made from one image.
type Backend struct {
	image  string
	limits limits

	mu     sync.Mutex
	engine *engine // once found
	blend  *blend  // the image, once looked at
}

var _ harness.Backend = (*Backend)(nil)

// Option changes how containers are made.
type Option func(*Backend)

// limits of one container.
type limits struct {
	memory int64   // bytes
	cpus   float64 // cores
	pids   int64
}

// Memory limits a container to so many bytes, swap included. Default: 4 GiB.
// What needs more is killed by the kernel: Exit.OOM tells.
func Memory(bytes int64) Option { return func(b *Backend) { b.limits.memory = bytes } }

// CPUs limits a container to so many cores; 0 means no limit. Default: 2, or as
// many as the engine has.
func CPUs(cores float64) Option { return func(b *Backend) { b.limits.cpus = cores } }

// PIDs limits the threads and processes in a container. Default: 1024.
func PIDs(n int64) Option { return func(b *Backend) { b.limits.pids = n } }

// New is the backend for blender: a version ("4.3" means the image
// bgcheck/blender:4.3), the name of an image, which has a slash or a colon, or
// "" for the newest version that the engine has an image of. Nothing is asked of
// the engine yet.
func New(blender string, options ...Option) *Backend {
	image := blender
	if blender != "" && !strings.ContainsAny(blender, "/:") {
		image = ownImages + blender
	}
	b := &Backend{image: image, limits: limits{memory: 4 << 30, cpus: 2, pids: 1024}}
	for _, o := range options {
		o(b)
	}
	return b
}

// CheckName is an error for a text that is neither a version nor can be an image's
// name: most often the path of a Blender on this machine.
func CheckName(blender string) error {
	if strings.HasPrefix(blender, "/") || strings.HasPrefix(blender, ".") || strings.ContainsAny(blender, "\\ \t") ||
		strings.Contains(blender, "//") || strings.HasSuffix(blender, "/") {
		return fault.Machinef("run Blender %q in a container: that is a path; name a version, such as 4.3, or an image "+
			"(--blender, BGCHECK_BLENDER), or run it on this machine (--backend local)", blender)
	}
	return nil
}

// Name is "container".
func (b *Backend) Name() string { return "container" }

// Info tells version and path of the Blender in the image, from the image's
// labels or by running it once. An error wraps harness.ErrMachine.
func (b *Backend) Info(ctx context.Context) (harness.Info, error) {
	_, blend, err := b.open(ctx)
	if err != nil {
		return harness.Info{}, err
	}
	if blend.version == "" {
		if err := b.askVersion(ctx, blend); err != nil {
			return harness.Info{}, err
		}
	}
	return harness.Info{Version: blend.version, Path: blend.executable, Image: b.image}, nil
}

// open finds the engine and looks at the image, once. A failure is tried again
// at the next call.
func (b *Backend) open(ctx context.Context) (*engine, *blend, error) {
	if err := CheckName(b.image); err != nil {
		return nil, nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.engine == nil {
		e, err := connect(ctx)
		if err != nil {
			return nil, nil, err
		}
		b.engine = e
	}
	if b.image == "" {
		image, err := b.engine.newest(ctx)
		if err != nil {
			return nil, nil, err
		}
		b.image = image
	}
	if b.blend == nil {
		image, err := b.engine.lookAt(ctx, b.image)
		if err != nil {
			return nil, nil, err
		}
		b.blend = image
	}
	return b.engine, b.blend, nil
}
