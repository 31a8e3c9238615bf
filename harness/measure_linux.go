package harness

import "github.com/bgcheck/bgcheck/harness/usage"

// measureTree measures everything that descends from the supervisor.
func measureTree(blender, supervisor int) (usage.Sample, error) {
	all, err := descendants(supervisor)
	if err != nil {
		return usage.Sample{}, machinef("list processes: %w", err)
	}
	pids := []int{blender} // first: it is the root
	for _, s := range all {
		if s.pid != blender {
			pids = append(pids, s.pid)
		}
	}
	return usage.Of(pids...)
}
