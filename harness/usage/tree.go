package usage

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// ErrGone marks a root process that does not exist or has ended. A zombie has ended.
var ErrGone = errors.New("the process has ended")

// errVanished is a process that ended while it was read.
var errVanished = procfs.ErrVanished

// CountsWakeups tells whether samples hold context switches on this system.
// Where it is false, Wakeups is always 0 and proves nothing.
const CountsWakeups = countsWakeups

// proc is one row of the process table.
type proc struct {
	pid, ppid int
	start     uint64 // in the system's own unit; tells a reused number apart
	ended     bool   // a zombie
	name      string
}

// reading is one process measured.
type reading struct {
	row         proc
	cpu         time.Duration // own
	children    time.Duration // of children that ended and were waited for
	rss         uint64
	descriptors int
	threads     int
	switches    map[int]switches // by thread
}

// Tree measures the process pid and all its descendants. The error wraps
// ErrGone when pid has ended; a descendant that ends meanwhile is left out.
// Reading another user's processes is an error that wraps fs.ErrPermission.
func Tree(pid int) (Sample, error) {
	table, err := processes()
	if err != nil {
		return Sample{}, fmt.Errorf("measure the tree of process %d: %w", pid, err)
	}
	rows, err := below(table, pid)
	if err != nil {
		return Sample{}, fmt.Errorf("measure the tree of process %d: %w", pid, err)
	}
	pids := make([]int, len(rows))
	for i, row := range rows {
		pids[i] = row.pid
	}
	return Of(pids...)
}

// Of measures just these processes, the first of which is the root: the error
// wraps ErrGone when that one has ended; others that have are left out.
func Of(pids ...int) (Sample, error) {
	if len(pids) == 0 {
		return Sample{}, errors.New("measure processes: none was named")
	}
	s := Sample{At: time.Now(), detail: newDetail()}
	seen := make(map[int]bool, len(pids))
	for i, pid := range pids {
		if seen[pid] {
			continue
		}
		seen[pid] = true
		r, err := measure(pid)
		switch {
		case errors.Is(err, errVanished) && i == 0:
			return Sample{}, fmt.Errorf("measure process %d: %w", pid, ErrGone)
		case errors.Is(err, errVanished):
			continue
		case err != nil:
			return Sample{}, fmt.Errorf("measure process %d: %w", pid, err)
		}
		s.add(r)
	}
	return s, nil
}

func (s *Sample) add(r reading) {
	s.CPU += r.cpu + r.children
	s.RSS += r.rss
	s.Descriptors += r.descriptors
	s.Threads += r.threads
	key := procKey{r.row.pid, r.row.start}
	s.detail.cpu[key] = r.cpu
	for tid, n := range r.switches {
		s.Voluntary += n.voluntary
		s.Involuntary += n.involuntary
		s.detail.threads[threadKey{key, tid}] = n
	}
	if !r.row.ended {
		s.Procs = append(s.Procs, describe(r.row))
	}
}

// Descendants lists the processes below pid that still run, parents before
// their children, without pid itself and without zombies. The error wraps
// ErrGone when pid has ended.
func Descendants(pid int) ([]Proc, error) {
	table, err := processes()
	if err != nil {
		return nil, fmt.Errorf("list the descendants of process %d: %w", pid, err)
	}
	rows, err := below(table, pid)
	if err != nil {
		return nil, fmt.Errorf("list the descendants of process %d: %w", pid, err)
	}
	procs := []Proc{}
	for _, row := range rows[1:] {
		if !row.ended {
			procs = append(procs, describe(row))
		}
	}
	return procs, nil
}

// below gives the row of pid and those of its descendants, parents first.
func below(table []proc, pid int) ([]proc, error) {
	children := make(map[int][]proc, len(table))
	root := slices.IndexFunc(table, func(p proc) bool { return p.pid == pid })
	if root < 0 || table[root].ended {
		return nil, ErrGone
	}
	for _, p := range table {
		if p.pid != p.ppid {
			children[p.ppid] = append(children[p.ppid], p)
		}
	}
	tree := []proc{table[root]}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i].pid]...)
	}
	return tree, nil
}

func describe(row proc) Proc {
	return Proc{PID: row.pid, PPID: row.ppid, Name: row.name, Command: cut(command(row.pid))}
}

// cut keeps the first 200 characters.
func cut(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return s
}
