package container

import (
	"context"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

var versionLine = regexp.MustCompile(`^Blender (\d+\.\d+(?:\.\d+)?)\b`)

// askVersion runs the image's Blender once, for an image whose labels do not
// tell.
func (b *Backend) askVersion(ctx context.Context, blend *blend) error {
	run, err := harness.Launch(ctx, harness.On(b), harness.Flags("--version"))
	if err != nil {
		return fault.Machinef("ask the Blender in %s for its version: %w", b.image, err)
	}
	defer run.Close()
	exit, err := run.Wait(ctx)
	if err != nil {
		return fault.Machinef("ask the Blender in %s for its version: %w", b.image, err)
	}
	lines, _, err := run.Log().Since(0)
	if err != nil {
		return fault.Machinef("ask the Blender in %s for its version: %w", b.image, err)
	}
	for _, line := range lines {
		if found := versionLine.FindStringSubmatch(line); found != nil {
			b.mu.Lock()
			blend.version = found[1]
			b.mu.Unlock()
			return nil
		}
	}
	return fault.Machinef("ask the Blender in %s for its version: it printed none (%v): %.200q", b.image, exit, strings.Join(lines, "\n"))
}
