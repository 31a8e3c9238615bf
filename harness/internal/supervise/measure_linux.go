package supervise

import (
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// measureTree measures everything that descends from the supervisor.
func measureTree(blender, supervisor int) (usage.Sample, error) {
	all, err := procfs.Descendants(supervisor)
	if err != nil {
		return usage.Sample{}, fault.Machinef("list processes: %w", err)
	}
	pids := []int{blender} // first: it is the root
	for _, s := range all {
		if s.PID != blender {
			pids = append(pids, s.PID)
		}
	}
	return usage.Of(pids...)
}
