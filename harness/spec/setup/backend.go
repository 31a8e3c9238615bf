package setup

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/attach"
	"github.com/bgcheck/bgcheck/harness/internal/process"
	"github.com/bgcheck/bgcheck/harness/window"
)

// MakeBackend makes a backend from the settings. It does not start anything.
type MakeBackend func(Settings) (harness.Backend, error)

var (
	backendsMu sync.Mutex
	backends   = map[string]MakeBackend{
		"local":  func(s Settings) (harness.Backend, error) { return harness.Local(s.Blender), nil },
		"window": func(s Settings) (harness.Backend, error) { return window.New(s.Blender), nil },
		"attach": func(s Settings) (harness.Backend, error) {
			if _, _, err := net.SplitHostPort(s.Address); err != nil {
				return nil, fmt.Errorf("%q is no address of a running Blender's service; name it by --address=host:port or BGCHECK_ADDRESS", s.Address)
			}
			return attach.New(s.Address, s.PID), nil
		},
	}
)

// RegisterBackend adds a backend that -backend can name. It is meant for the
// init function of the backend's package. A second one of the same name panics.
func RegisterBackend(name string, make MakeBackend) {
	backendsMu.Lock()
	defer backendsMu.Unlock()
	if _, taken := backends[name]; taken {
		panic("setup: backend " + name + " is registered twice")
	}
	backends[name] = make
}

// attachable are the checks that can be judged on a Blender that somebody else
// started, and that leave it as it was.
var attachable = []string{
	"alive/stays", "alive/bad-input", "echo/", "idle/",
}

// windowed are the checks that ask the same of a Blender in a window as of one
// in background mode.
var windowed = []string{
	"start/ready", "alive/stays", "echo/", "exec/", "stop/",
}

// NotTried says why the check is not tried on the backend: attach has a Blender
// that somebody else started, window one that is not in background mode. "" when
// it is, and on every other backend.
func (s Settings) NotTried(check string) string {
	among := func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(check, name) })
	}
	switch {
	case s.Backend == "window" && !among(windowed):
		return "it is about background mode; in a window Blender draws and has its own loop, memory and files (backend window)"
	case s.Backend != "attach" || among(attachable):
		return ""
	case strings.HasPrefix(check, "exec/"):
		if err := process.SharesFiles(s.PID); err != nil {
			return "its effect is looked for in a file: " + err.Error() + "; name a Blender on this machine by --pid (backend attach)"
		}
		return ""
	}
	return "it needs a Blender of its own, to start and to end; this one is somebody else's (backend attach)"
}

// Backends lists the registered names, sorted.
func Backends() []string {
	backendsMu.Lock()
	defer backendsMu.Unlock()
	return slices.Sorted(maps.Keys(backends))
}

// NewBackend makes the backend that the settings name.
func NewBackend(s Settings) (harness.Backend, error) {
	backendsMu.Lock()
	make, known := backends[s.Backend]
	backendsMu.Unlock()
	if !known {
		return nil, fmt.Errorf("unknown backend %q; one of: %s (--backend, BGCHECK_BACKEND)", s.Backend, strings.Join(Backends(), ", "))
	}
	b, err := make(s)
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", s.Backend, err)
	}
	return b, nil
}
