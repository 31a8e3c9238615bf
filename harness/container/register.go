package container

import (
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// A program that imports this package, if only for this, has -backend=container.
func init() {
	setup.RegisterBackend("container", func(s setup.Settings) (harness.Backend, error) {
		return New(s.Blender), nil
	})
}
