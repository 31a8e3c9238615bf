package procfs

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// OOM remembers what the kernel had killed for want of memory when a process began.
type OOM struct {
	kills int
	began unix.Timespec // of the clock that the kernel's log counts by
}

// BeforeOOM looks at the beginning of a process that is of this one's control group.
func BeforeOOM() OOM {
	var o OOM
	o.kills, _ = oomKills()
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &o.began)
	return o
}

// Killed says whether the kernel has killed pid for want of memory, by the count of
// its control group or by the kernel's log. false is no proof: the first may be of
// another group, and the second is often for root alone.
func (o OOM) Killed(pid int) bool {
	kills, ok := oomKills()
	return ok && kills > o.kills || o.logged(pid)
}

// oomKills is how often the kernel has killed a process of our control group.
func oomKills() (count int, ok bool) {
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		var files []string
		switch parts[1] { // a group's own folder; where only the namespace's root is mounted, that
		case "":
			files = []string{path.Join("/sys/fs/cgroup", parts[2], "memory.events"), "/sys/fs/cgroup/memory.events"}
		case "memory":
			files = []string{path.Join("/sys/fs/cgroup/memory", parts[2], "memory.oom_control"), "/sys/fs/cgroup/memory/memory.oom_control"}
		}
		for _, file := range files {
			if count, ok := oomKill(file); ok {
				return count, true
			}
		}
	}
	return 0, false
}

// oomKill reads the line "oom_kill N".
func oomKill(file string) (count int, ok bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if number, found := strings.CutPrefix(line, "oom_kill "); found {
			count, err := strconv.Atoi(strings.TrimSpace(number))
			return count, err == nil
		}
	}
	return 0, false
}

// logged says whether the kernel's log tells of that kill since the beginning, less
// the second by which the two clocks may differ.
func (o OOM) logged(pid int) bool {
	fd, err := unix.Open("/dev/kmsg", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(fd) }()
	told := fmt.Sprintf("Killed process %d (", pid)
	buf := make([]byte, 8192)
	for { // one record a read; EPIPE: records were overwritten meanwhile
		n, err := unix.Read(fd, buf)
		if errors.Is(err, unix.EPIPE) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return false
		}
		// "PRIORITY,NUMBER,MICROSECONDS,FLAGS;TEXT"
		head, text, _ := strings.Cut(string(buf[:n]), ";")
		fields := strings.Split(head, ",")
		if len(fields) < 3 || !strings.Contains(text, told) {
			continue
		}
		if at, err := strconv.ParseInt(fields[2], 10, 64); err == nil && at >= (o.began.Nano()-1e9)/1e3 {
			return true
		}
	}
}
