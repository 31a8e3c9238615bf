package container

import (
	"context"

	"github.com/bgcheck/bgcheck/harness"
)

// spy is a backend that lets a test see the process.
type spy struct {
	*Backend
	process **process
}

func (s spy) Start(ctx context.Context, spec *harness.LaunchSpec) (harness.Process, error) {
	p, err := s.Backend.Start(ctx, spec)
	*s.process, _ = p.(*process)
	return p, err
}
