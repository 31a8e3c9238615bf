package procfs

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Thread is what the kernel knows of one thread.
type Thread struct {
	TID int
	// State is the kernel's letter: R runs or wants to, S sleeps, D waits for a disk.
	State byte
	// Locked: it waits in the system call that locks are made of (futex).
	Locked bool
	// Used is its CPU time, in steps of 10 ms.
	Used time.Duration
	// Switches are those that it has made by itself: each is a wait that began.
	Switches uint64
	// Wanted is how long it has wanted a processor and had none.
	Wanted time.Duration
}

// Threads lists the threads of a process; its first has its own number. What ends
// meanwhile is left out.
func Threads(pid int) []Thread {
	folder := "/proc/" + strconv.Itoa(pid) + "/task"
	names, err := Entries(folder)
	if err != nil {
		return nil
	}
	buf := make([]byte, 8192)
	var all []Thread
	for _, name := range names {
		tid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		text, err := File(folder+"/"+name+"/stat", buf)
		if err != nil {
			continue
		}
		stat, err := parse(tid, text)
		if err != nil {
			continue
		}
		one := Thread{TID: tid, State: stat.State, Used: stat.Own}
		if text, err = File(folder+"/"+name+"/syscall", buf); err == nil {
			number, _, _ := strings.Cut(string(text), " ")
			one.Locked = number == strconv.Itoa(unix.SYS_FUTEX)
		}
		if text, err = File(folder+"/"+name+"/status", buf); err == nil {
			one.Switches, _ = strconv.ParseUint(field(text, "voluntary_ctxt_switches:"), 10, 64)
		}
		one.Wanted = wanted(folder + "/" + name)
		all = append(all, one)
	}
	return all
}

// field is what stands behind a line's name in a status file.
func field(status []byte, name string) string {
	for line := range bytes.Lines(status) {
		if rest, found := bytes.CutPrefix(line, []byte(name)); found {
			return strings.TrimSpace(string(rest))
		}
	}
	return ""
}

// Masks are the signals that a process ignores and those that it has handlers for: bit
// n-1 for signal n; ok is false where that is not known.
func Masks(pid int) (ignored, caught uint64, ok bool) {
	text, err := File("/proc/"+strconv.Itoa(pid)+"/status", make([]byte, 8192))
	if err != nil {
		return 0, 0, false
	}
	ignored, err1 := strconv.ParseUint(field(text, "SigIgn:"), 16, 64)
	caught, err2 := strconv.ParseUint(field(text, "SigCgt:"), 16, 64)
	return ignored, caught, err1 == nil && err2 == nil
}
