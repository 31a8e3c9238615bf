package process

import "github.com/bgcheck/bgcheck/harness/internal/procfs"

// Start is the start of a process in clock ticks since boot, 0 when there is no
// such process.
func Start(pid int) uint64 {
	s, err := procfs.Read(pid, nil)
	if err != nil {
		return 0
	}
	return s.Start
}

// Runs is true when pid runs and is the process that started then, not a later
// one with the same number. A zombie has ended.
func Runs(pid int, start uint64) bool {
	s, err := procfs.Read(pid, nil)
	return err == nil && s.Start == start && !s.Dead()
}
