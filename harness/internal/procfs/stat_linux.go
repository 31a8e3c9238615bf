package procfs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// TicksPerSecond is the unit of times in /proc/PID/stat: USER_HZ, which is 100
// on every architecture Go runs on.
const TicksPerSecond = 100

// Stat is what /proc/PID/stat says of one process.
type Stat struct {
	PID, PPID int
	Name      string
	// State is the kernel's letter for its first thread.
	State   byte
	Threads int
	// Start is in clock ticks since boot: with PID it names one process for good.
	Start uint64
	// Own is the CPU time of the process, Children that of children which ended
	// and were waited for; both in steps of 10 ms.
	Own, Children time.Duration
}

// Dead is true for a zombie. One whose first thread alone has ended shows the
// same letter, but has threads left.
func (s Stat) Dead() bool { return (s.State == 'Z' || s.State == 'X') && s.Threads <= 1 }

// Read reads one process by way of buf, which may be nil. The error wraps
// ErrVanished when there is no such process.
func Read(pid int, buf []byte) (Stat, error) {
	if buf == nil {
		buf = make([]byte, 4096)
	}
	text, err := File("/proc/"+strconv.Itoa(pid)+"/stat", buf)
	if err != nil {
		return Stat{}, err
	}
	return parse(pid, text)
}

// parse reads "PID (NAME) STATE PPID ... START ...". NAME may hold spaces and
// parentheses, so the last ")" ends it.
func parse(pid int, text []byte) (Stat, error) {
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Stat{}, fmt.Errorf("read /proc/%d/stat: no name in %q: %w", pid, text, ErrVanished)
	}
	fields := strings.Fields(string(text[end+1:])) // the first is field 3, the state
	if len(fields) < 20 {
		return Stat{}, fmt.Errorf("read /proc/%d/stat: %d fields: %w", pid, len(fields), ErrVanished)
	}
	var bad error
	number := func(field int) uint64 {
		n, err := strconv.ParseInt(fields[field-3], 10, 64)
		if err != nil && bad == nil {
			bad = fmt.Errorf("read /proc/%d/stat: field %d: %w", pid, field, err)
		}
		return uint64(max(0, n))
	}
	ticks := func(field int) time.Duration { return time.Duration(number(field)) * time.Second / TicksPerSecond }
	s := Stat{
		PID: pid, PPID: int(number(4)), Name: string(text[open+1 : end]), State: fields[0][0],
		Threads: int(number(20)), Start: number(22),
		Own: ticks(14) + ticks(15), Children: ticks(16) + ticks(17),
	}
	return s, bad
}

// PIDs lists all processes that /proc shows.
func PIDs() ([]int, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	names, err := dir.Readdirnames(-1)
	_ = dir.Close()
	if err != nil {
		return nil, err
	}
	list := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			list = append(list, pid)
		}
	}
	return list, nil
}

// Descendants lists everything that descends from root, zombies left out,
// parents before children. A double-forked process counts as a child of the
// nearest subreaper above it, which is why the supervisor is one.
func Descendants(root int) ([]Stat, error) {
	all, err := PIDs()
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 4096)
	children := make(map[int][]Stat, len(all))
	for _, pid := range all {
		if s, err := Read(pid, buf); err == nil { // it may have ended meanwhile
			children[s.PPID] = append(children[s.PPID], s)
		}
	}
	var found []Stat
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		for _, s := range children[queue[0]] {
			queue = append(queue, s.PID)
			if !s.Dead() {
				found = append(found, s)
			}
		}
	}
	return found, nil
}
