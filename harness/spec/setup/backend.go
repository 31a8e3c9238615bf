package setup

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/bgcheck/bgcheck/harness"
)

// MakeBackend makes a backend from the settings. It does not start anything.
type MakeBackend func(Settings) (harness.Backend, error)

var (
	backendsMu sync.Mutex
	backends   = map[string]MakeBackend{
		"local": func(s Settings) (harness.Backend, error) { return harness.Local(s.Blender), nil },
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
		return nil, fmt.Errorf("unknown backend %q; one of: %s (-backend, BGCHECK_BACKEND)", s.Backend, strings.Join(Backends(), ", "))
	}
	b, err := make(s)
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", s.Backend, err)
	}
	return b, nil
}
