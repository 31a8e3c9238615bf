package harness

// startTicks is the start of a process in clock ticks since boot, 0 when there
// is no such process.
func startTicks(pid int) uint64 {
	s, err := readStat(pid)
	if err != nil {
		return 0
	}
	return s.start
}

// processAlive is true when pid runs and is the process that started then, not
// a later one with the same number. A zombie has ended.
func processAlive(pid int, start uint64) bool {
	s, err := readStat(pid)
	return err == nil && s.start == start && !s.dead()
}
