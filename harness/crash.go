package harness

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// crashFile is the host path of the crash log that Blender wrote: tmp/*.crash.txt
// in the instance's folder, or the file that "Writing: PATH" names in its output.
func (b *Blender) crashFile() string {
	found, _ := filepath.Glob(filepath.Join(b.dir, "tmp", "*.crash.txt"))
	if len(found) > 0 {
		return found[0]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, line := range slices.Backward(b.log.Tail(200)) {
		named, ok := strings.CutPrefix(strings.TrimSpace(line), "Writing: ")
		if !ok || !strings.HasSuffix(named, ".crash.txt") {
			continue
		}
		// In the instance's tmp/, but not (yet) on the host.
		base := path.Base(filepath.ToSlash(named))
		if data, err := b.proc.ReadFile(ctx, path.Join("tmp", base)); err == nil {
			target := filepath.Join(b.dir, "tmp", base)
			if os.WriteFile(target, data, 0o644) == nil {
				return target
			}
		}
		// Elsewhere, when the target sets a TMPDIR of its own. An older file of the
		// same name is not this crash's.
		if info, err := os.Stat(named); err == nil && !info.ModTime().Before(b.started.Truncate(time.Second)) {
			return named
		}
	}
	return ""
}
