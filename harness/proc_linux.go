package harness

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// stat is what /proc/PID/stat says of one process.
type stat struct {
	pid, ppid int
	name      string
	state     byte
	threads   int
	start     uint64 // clock ticks since boot: with pid it names one process for good
}

// dead is true for a zombie. One whose first thread alone has ended shows the
// same letter, but has threads left.
func (s stat) dead() bool { return (s.state == 'Z' || s.state == 'X') && s.threads <= 1 }

func readStat(pid int) (stat, error) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return stat{}, err
	}
	return parseStat(pid, data)
}

// parseStat reads "PID (NAME) STATE PPID ... START ...". NAME may hold spaces
// and parentheses, so the last ")" ends it.
func parseStat(pid int, data []byte) (stat, error) {
	open, end := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if open < 0 || end < open {
		return stat{}, fmt.Errorf("read /proc/%d/stat: no name in %q", pid, data)
	}
	fields := strings.Fields(string(data[end+1:]))
	if len(fields) < 20 {
		return stat{}, fmt.Errorf("read /proc/%d/stat: %d fields", pid, len(fields))
	}
	ppid, err := strconv.Atoi(fields[1])
	if err != nil {
		return stat{}, fmt.Errorf("read /proc/%d/stat: parent: %w", pid, err)
	}
	start, err := strconv.ParseUint(fields[19], 10, 64)
	if err != nil {
		return stat{}, fmt.Errorf("read /proc/%d/stat: start: %w", pid, err)
	}
	threads, err := strconv.Atoi(fields[17])
	if err != nil {
		return stat{}, fmt.Errorf("read /proc/%d/stat: threads: %w", pid, err)
	}
	name := string(data[open+1 : end])
	return stat{pid: pid, ppid: ppid, name: name, state: fields[0][0], threads: threads, start: start}, nil
}

// pids lists all processes that /proc shows.
func pids() ([]int, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	names, err := dir.Readdirnames(-1)
	_ = dir.Close()
	if err != nil {
		return nil, err
	}
	var list []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			list = append(list, pid)
		}
	}
	return list, nil
}

// descendants lists everything that descends from root, zombies left out,
// parents before children. A double-forked process counts as a child of the
// nearest subreaper above it, which is why the supervisor is one.
func descendants(root int) ([]stat, error) {
	all, err := pids()
	if err != nil {
		return nil, err
	}
	children := make(map[int][]stat, len(all))
	for _, pid := range all {
		if s, err := readStat(pid); err == nil { // it may have ended meanwhile
			children[s.ppid] = append(children[s.ppid], s)
		}
	}
	var found []stat
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		for _, s := range children[queue[0]] {
			queue = append(queue, s.pid)
			if !s.dead() {
				found = append(found, s)
			}
		}
	}
	return found, nil
}

// describe names a process for a person.
func (s stat) describe() usage.Proc {
	p := usage.Proc{PID: s.pid, PPID: s.ppid, Name: s.name}
	if data, err := os.ReadFile("/proc/" + strconv.Itoa(s.pid) + "/cmdline"); err == nil {
		words := strings.Split(strings.TrimRight(string(data), "\x00"), "\x00")
		p.Command = strings.ToValidUTF8(strings.Join(words, " "), "?")
		if len(p.Command) > 200 {
			p.Command = strings.ToValidUTF8(p.Command[:200], "")
		}
	}
	return p
}
