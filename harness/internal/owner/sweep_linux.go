package owner

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/process"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// Namespace names this boot and PID namespace; "" when they are not known.
func Namespace() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, err2 := os.Readlink("/proc/self/ns/pid")
	if err != nil || err2 != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + space
}

// sweepProcesses kills every process whose owner is dead.
func sweepProcesses() {
	killWhere(func(id string) bool { return id != "" && !Alive(id) })
}

// KillMarked kills every process of the instance called id.
func KillMarked(id string) {
	killWhere(func(mark string) bool { return mark == id })
}

// Marked lists the processes of the instance called id that run.
func Marked(id string) ([]int, error) {
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return nil, err
	}
	all, err := procfs.PIDs()
	if err != nil {
		return nil, err
	}
	var found []int
	for _, pid := range all {
		if s, err := procfs.Read(pid, nil); err == nil && !s.Dead() && markOf(pid, ns) == id {
			found = append(found, pid)
		}
	}
	return found, nil
}

// killWhere kills all processes of this user and PID namespace whose mark is
// wanted, again and again until there is none, for 5 s at most.
func killWhere(wanted func(id string) bool) {
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return
	}
	ours := map[int]bool{} // we and our ancestors stay
	for pid := os.Getpid(); pid > 0 && !ours[pid]; {
		ours[pid] = true
		s, err := procfs.Read(pid, nil)
		if err != nil {
			break
		}
		pid = s.PPID
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		all, err := procfs.PIDs()
		if err != nil {
			return
		}
		found := false
		for _, pid := range all {
			if ours[pid] || !wanted(markOf(pid, ns)) {
				continue
			}
			s, err := procfs.Read(pid, nil)
			if err != nil || s.Dead() {
				continue
			}
			found = true
			_ = s.Kill(unix.SIGKILL, func(procfs.Stat) bool { return wanted(markOf(pid, ns)) })
		}
		if !found || time.Now().After(deadline) {
			return
		}
		time.Sleep(5 * time.Millisecond) // killed processes of others send no event
	}
}

// markOf is the value of BGCHECK_INSTANCE in a process of this user in
// the PID namespace ns; empty in all others. A supervisor has none of its own:
// it ends by itself when its tree has.
func markOf(pid int, ns string) string {
	proc := "/proc/" + strconv.Itoa(pid)
	info, err := os.Stat(proc)
	if err != nil || !process.OwnedByUs(info) {
		return ""
	}
	environ, err := os.ReadFile(proc + "/environ")
	if err != nil {
		return ""
	}
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		value, ok := bytes.CutPrefix(variable, []byte(instance.Variable+"="))
		if !ok {
			continue
		}
		if theirs, err := os.Readlink(proc + "/ns/pid"); err != nil || theirs != ns {
			return ""
		}
		return string(value)
	}
	return ""
}
