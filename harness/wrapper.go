package harness

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/supervise"
)

// wrap puts the wrapper in Blender's place, and first in its PATH a folder in which
// "blender" is the Blender of the order: most wrappers look it up.
func wrap(o *supervise.Order, spec *LaunchSpec) error {
	wrapper, err := instance.Expand(spec.Wrapper, spec.Dir, spec.Mounts)
	if err != nil {
		return err
	}
	folder := filepath.Join(spec.Dir, "run", "bin")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return machinef("make a folder for the wrapper: %w", err)
	}
	script := "#!/bin/sh\nexec " + instance.Quote(o.Path) + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(folder, "blender"), []byte(script), 0o755); err != nil {
		return machinef("write what the wrapper starts: %w", err)
	}
	for i, assignment := range o.Env {
		if path, ok := strings.CutPrefix(assignment, "PATH="); ok {
			o.Env[i] = "PATH=" + folder + string(os.PathListSeparator) + path
		}
	}
	o.Path, o.Args[0] = wrapper, wrapper
	return nil
}
