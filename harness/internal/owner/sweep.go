package owner

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/display"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/process"
)

// Sweep removes what programs that were killed have left on this machine:
// processes marked with BGCHECK_INSTANCE, and instance folders in the system's
// temporary folder. It touches only what belongs to this user and whose owner,
// known by PID and start time, is dead. Instance folders elsewhere are artefacts
// and stay. It is best effort.
func Sweep() {
	sweepProcesses()
	sweepFolders(os.TempDir())
}

// owner is kept in an instance's folder, because a PID means nothing on another
// boot or in another PID namespace.
type owner struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"`
	Where string `json:"where"`
}

const ownerName = "owner.json"

// Mark writes down, in an instance's folder, that this program owns it.
func Mark(dir string) error {
	pid := os.Getpid()
	data, err := json.Marshal(owner{PID: pid, Start: process.Start(pid), Where: Namespace()})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, ownerName), append(data, '\n'), 0o644)
	}
	if err != nil {
		return fault.Machinef("mark the instance's folder: %w", err)
	}
	return nil
}

func sweepFolders(parent string) {
	found, _ := filepath.Glob(filepath.Join(parent, instance.FolderPrefix+"*-*-*"))
	for _, dir := range found {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || !process.OwnedByUs(info) {
			continue
		}
		if _, _, ok := parseID(strings.TrimPrefix(filepath.Base(dir), instance.FolderPrefix)); !ok {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, ownerName))
		if err != nil {
			continue
		}
		var o owner
		if json.Unmarshal(data, &o) != nil || o.Where != Namespace() || process.Runs(o.PID, o.Start) {
			continue
		}
		display.Forget(dir)
		_ = os.RemoveAll(dir)
	}
}
