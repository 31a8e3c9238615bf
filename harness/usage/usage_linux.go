package usage

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

const countsWakeups = true

// processes reads the whole process table. /proc/PID/task/*/children would be
// cheaper, but may miss a child when a sibling ends meanwhile (proc(5)).
func processes() ([]proc, error) {
	pids, err := procfs.PIDs()
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 4096)
	table := make([]proc, 0, len(pids))
	for _, pid := range pids {
		st, err := procfs.Read(pid, buf)
		if errors.Is(err, errVanished) {
			continue
		}
		if err != nil {
			return nil, err
		}
		table = append(table, rowOf(st))
	}
	return table, nil
}

// measure reads one process. The error is errVanished when it ended meanwhile.
func measure(pid int) (reading, error) {
	buf := make([]byte, 4096)
	st, err := procfs.Read(pid, buf)
	if err != nil {
		return reading{}, err
	}
	r := reading{row: rowOf(st), children: st.Children, threads: st.Threads}
	if r.cpu, err = cpuClock(pid); err != nil {
		r.cpu = st.Own // ticks: some sandboxes offer no clocks of other processes
	}
	if st.Dead() {
		r.threads = 0 // a zombie has its times left and nothing else
		return r, nil
	}
	if r.rss, err = readRSS(pid, buf); err != nil {
		return reading{}, err
	}
	if r.descriptors, err = procfs.CountEntries("/proc/" + strconv.Itoa(pid) + "/fd"); err != nil {
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

// rowOf is what the table keeps of a process.
func rowOf(s procfs.Stat) proc {
	return proc{pid: s.PID, ppid: s.PPID, start: s.Start, ended: s.Dead(), name: s.Name}
}

// command is the command line as far as it is shown.
func command(pid int) string { return procfs.Command(pid, 1024) }

func readRSS(pid int, buf []byte) (uint64, error) {
	text, err := procfs.File("/proc/"+strconv.Itoa(pid)+"/statm", buf)
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
	names, err := procfs.Entries(folder)
	if err != nil {
		return nil, err
	}
	all := make(map[int]switches, len(names))
	for _, name := range names {
		text, err := procfs.File(folder+"/"+name+"/status", buf)
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
