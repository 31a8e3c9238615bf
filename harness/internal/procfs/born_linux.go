package procfs

import (
	"fmt"
	"strconv"
	"time"
)

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

// Waited is how long the main thread of a process has wanted a processor and had
// none; 0 when that is not known.
func Waited(pid int) time.Duration { return wanted("/proc/" + strconv.Itoa(pid)) }

// wanted reads that of a process's or a thread's folder.
func wanted(folder string) time.Duration {
	text, err := File(folder+"/schedstat", make([]byte, 128))
	var ran, waited int64
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscan(string(text), &ran, &waited); err != nil {
		return 0
	}
	return time.Duration(waited)
}
