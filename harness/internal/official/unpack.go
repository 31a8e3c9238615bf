package official

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// newPrefix begins the name of a folder that is being filled; the process id ends it.
const newPrefix = ".new-"

// unpack unpacks an archive whose sum is right, and gives its executable.
func (r Request) unpack(ctx context.Context, archive, release string) (string, error) {
	r.say("unpacking Blender %s", release)
	fresh := filepath.Join(r.cache, fmt.Sprintf("%s%s-%d", newPrefix, release, os.Getpid()))
	_ = os.RemoveAll(fresh)
	defer os.RemoveAll(fresh)
	if err := os.Mkdir(fresh, 0o755); err != nil { //nolint:gosec // programs are for everyone
		return "", err
	}
	command := exec.CommandContext(ctx, "tar", "-xJf", archive, "-C", fresh, "--strip-components=1", "--no-same-owner") //nolint:gosec // our own paths
	if said, err := command.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		// It is right and is kept for the next attempt: a disk may have been full.
		_ = os.Rename(archive, strings.TrimSuffix(archive, fmt.Sprintf("-%d", os.Getpid())))
		return "", fmt.Errorf("unpack %s by tar and xz: %w: %s", archive, err, plain.Clean(strings.TrimSpace(string(said))))
	}
	if info, err := os.Stat(filepath.Join(fresh, "blender")); err != nil || info.Mode()&0o111 == 0 {
		_ = os.Remove(archive)
		return "", fmt.Errorf("unpack %s: there is no program \"blender\" in it", filepath.Base(archive))
	}
	to := filepath.Join(r.cache, folder(release))
	if err := os.Rename(fresh, to); err != nil && !whole(to) { // another process may have been as fast
		return "", err
	}
	_ = os.Remove(archive)
	return filepath.Join(to, "blender"), nil
}
