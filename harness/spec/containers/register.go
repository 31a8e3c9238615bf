// Package containers lets suites run in containers: who imports it, if only for
// this, has --backend=container. It is a package of its own so that others need
// not link what it needs.
//
//	import _ "github.com/bgcheck/bgcheck/harness/spec/containers"
package containers

import (
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/container"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

func init() {
	setup.RegisterBackend("container", func(s setup.Settings) (harness.Backend, error) {
		if err := container.CheckName(s.Blender); err != nil {
			return nil, err
		}
		return container.New(s.Blender), nil
	})
}
