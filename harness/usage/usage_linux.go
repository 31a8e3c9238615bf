package usage

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const countsWakeups = true

// ticksPerSecond is the unit of times in /proc/PID/stat: USER_HZ, which is 100
// on every architecture Go runs on.
const ticksPerSecond = 100

// processes reads the whole process table. /proc/PID/task/*/children would be
// cheaper, but may miss a child when a sibling ends meanwhile (proc(5)).
func processes() ([]proc, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 4096)
	table := make([]proc, 0, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		st, err := readStat(pid, buf)
		if errors.Is(err, errVanished) {
			continue
		}
		if err != nil {
			return nil, err
		}
		table = append(table, st.proc)
	}
	return table, nil
}

// measure reads one process. The error is errVanished when it ended meanwhile.
func measure(pid int) (reading, error) {
	buf := make([]byte, 4096)
	st, err := readStat(pid, buf)
	if err != nil {
		return reading{}, err
	}
	r := reading{row: st.proc, children: st.children, threads: st.threads}
	if r.cpu, err = cpuClock(pid); err != nil {
		r.cpu = st.own // ticks: some sandboxes offer no clocks of other processes
	}
	if st.ended {
		r.threads = 0 // a zombie has its times left and nothing else
		return r, nil
	}
	if r.rss, err = readRSS(pid, buf); err != nil {
		return reading{}, err
	}
	if r.descriptors, err = countEntries("/proc/" + strconv.Itoa(pid) + "/fd"); err != nil {
		return reading{}, err
	}
	r.switches, err = readSwitches(pid, buf)
	return r, err
}

// cpuClock is user and system time of a process's live and ended threads, in
// nanoseconds: the clock that clock_getcpuclockid(3) names.
func cpuClock(pid int) (time.Duration, error) {
	const scheduled = 2 // CPUCLOCK_SCHED, of the whole process
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &ts); err != nil {
		return 0, err
	}
	return time.Duration(ts.Nano()), nil
}

// stat is the part of /proc/PID/stat that is used.
type stat struct {
	proc
	own, children time.Duration // in ticks of 10 ms
	threads       int
}

func readStat(pid int, buf []byte) (stat, error) {
	text, err := readProc("/proc/"+strconv.Itoa(pid)+"/stat", buf)
	if err != nil {
		return stat{}, err
	}
	// The name stands in parentheses and may itself hold any character.
	open, shut := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || shut < open {
		return stat{}, errVanished
	}
	f := strings.Fields(string(text[shut+1:])) // f[0] is field 3, the state
	if len(f) < 22 {
		return stat{}, errVanished
	}
	n := func(field int) uint64 {
		v, _ := strconv.ParseInt(f[field-3], 10, 64)
		return uint64(max(0, v))
	}
	ticks := func(field int) time.Duration { return time.Duration(n(field)) * time.Second / ticksPerSecond }
	st := stat{
		proc:     proc{pid: pid, ppid: int(n(4)), start: n(22), name: string(text[open+1 : shut])},
		own:      ticks(14) + ticks(15),
		children: ticks(16) + ticks(17),
		threads:  int(n(20)),
	}
	// A process whose first thread has ended while others run shows Z as well.
	st.ended = f[0] == "X" || f[0] == "Z" && st.threads <= 1
	return st, nil
}

func readRSS(pid int, buf []byte) (uint64, error) {
	text, err := readProc("/proc/"+strconv.Itoa(pid)+"/statm", buf)
	if err != nil {
		return 0, err
	}
	f := bytes.Fields(text)
	if len(f) < 2 {
		return 0, errVanished
	}
	pages, _ := strconv.ParseUint(string(f[1]), 10, 64)
	return pages * uint64(os.Getpagesize()), nil
}

// readSwitches reads the context switches of each live thread. A thread that
// ends meanwhile is left out.
func readSwitches(pid int, buf []byte) (map[int]switches, error) {
	folder := "/proc/" + strconv.Itoa(pid) + "/task"
	names, err := entries(folder)
	if err != nil {
		return nil, err
	}
	all := make(map[int]switches, len(names))
	for _, name := range names {
		text, err := readProc(folder+"/"+name+"/status", buf)
		if errors.Is(err, errVanished) {
			continue
		}
		if err != nil {
			return nil, err
		}
		tid, _ := strconv.Atoi(name)
		all[tid] = switches{
			voluntary:   statusField(text, "\nvoluntary_ctxt_switches:"),
			involuntary: statusField(text, "\nnonvoluntary_ctxt_switches:"),
		}
	}
	return all, nil
}

func statusField(text []byte, name string) uint64 {
	_, rest, _ := bytes.Cut(text, []byte(name))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, _ := strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 64)
	return n
}
