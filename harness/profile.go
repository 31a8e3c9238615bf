package harness

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/pyaddon"
)

// profileFolders of an instance. They must exist before Blender starts: 2.83
// silently ignores a BLENDER_USER_* variable that names no folder and uses the
// user's own profile.
var profileFolders = []string{
	"home", "home/.config", "home/.cache", "home/.local/share", "home/.local/state",
	"tmp", "scratch", "run",
	"profile/config", "profile/scripts/addons", "profile/datafiles", "profile/extensions/user_default",
}

// runFiles are copied from pyaddon to run/.
var runFiles = []string{"launch.py", "keepalive.py", "witness.py", "recorder.py"}

// makeProfile makes what belongs in an instance's folder, which no other user may
// enter: tokens lie in it.
func makeProfile(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return machinef("make the instance's folder: %w", err)
	}
	for _, name := range profileFolders {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return machinef("make the instance's folder: %w", err)
		}
	}
	for _, name := range runFiles {
		data, err := fs.ReadFile(pyaddon.FS, name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "run", name), data, 0o644)
		}
		if err != nil {
			return machinef("copy %s to the instance's folder: %w", name, err)
		}
	}
	return nil
}
