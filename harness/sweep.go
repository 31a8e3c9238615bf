package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// sweepOnce sweeps at a program's first launch.
var sweepOnce = sync.OnceFunc(Sweep)

// Sweep removes what programs that were killed have left on this machine:
// processes marked with BGCHECK_INSTANCE, and instance folders in the system's
// temporary folder. It touches only what belongs to this user and whose owner,
// known by PID and start time, is dead. Folders below a Parent are artefacts and
// stay. Launch calls it once a program; it is best effort.
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

func writeOwner(dir string) error {
	pid := os.Getpid()
	data, err := json.Marshal(owner{PID: pid, Start: startTicks(pid), Where: namespace()})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, ownerName), append(data, '\n'), 0o644)
	}
	if err != nil {
		return machinef("mark the instance's folder: %w", err)
	}
	return nil
}

func sweepFolders(parent string) {
	found, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*-*-*"))
	for _, dir := range found {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || !ownedByUs(info) {
			continue
		}
		if _, _, ok := parseID(strings.TrimPrefix(filepath.Base(dir), folderPrefix)); !ok {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, ownerName))
		if err != nil {
			continue
		}
		var o owner
		if json.Unmarshal(data, &o) != nil || o.Where != namespace() || processAlive(o.PID, o.Start) {
			continue
		}
		forgetDisplay(dir)
		_ = os.RemoveAll(dir)
	}
}
