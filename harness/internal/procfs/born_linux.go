package procfs

import "strconv"

// Born is the start time of a process in the kernel's own unit, or "" when
// there is no such process (a zombie counts as none) or the system does not
// say. Only Linux does.
func Born(pid int) string {
	s, err := Read(pid, nil)
	if err != nil || s.Dead() {
		return ""
	}
	return strconv.FormatUint(s.Start, 10)
}

// State is the kernel's letter for the state of a process's main thread: R runs
// or wants to, S sleeps, D waits for a disk; "" when it is not known.
func State(pid int) string {
	s, err := Read(pid, nil)
	if err != nil {
		return ""
	}
	return string(s.State)
}
