package harness

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// namespace names this boot and PID namespace.
func namespace() string {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	ns, _ := os.Readlink("/proc/self/ns/pid")
	return strings.TrimSpace(string(boot)) + " " + ns
}

// sweepProcesses kills every process whose owner is dead.
func sweepProcesses() {
	killWhere(func(id string) bool { return id != "" && !OwnerAlive(id) })
}

// killMarked kills every process of the instance called id.
func killMarked(id string) {
	killWhere(func(mark string) bool { return mark == id })
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
		s, err := readStat(pid)
		if err != nil {
			break
		}
		pid = s.ppid
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		all, err := pids()
		if err != nil {
			return
		}
		found := false
		for _, pid := range all {
			if ours[pid] || !wanted(instanceMark(pid, ns)) {
				continue
			}
			s, err := readStat(pid)
			if err != nil || s.dead() {
				continue
			}
			found = true
			_ = killIf(s, unix.SIGKILL, func(stat) bool { return wanted(instanceMark(pid, ns)) })
		}
		if !found || time.Now().After(deadline) {
			return
		}
		time.Sleep(5 * time.Millisecond) // killed processes of others send no event
	}
}

// instanceMark is the value of BGCHECK_INSTANCE in a process of this user in
// the PID namespace ns; empty in all others. A supervisor has none of its own:
// it ends by itself when its tree has.
func instanceMark(pid int, ns string) string {
	proc := "/proc/" + strconv.Itoa(pid)
	info, err := os.Stat(proc)
	if err != nil || !ownedByUs(info) {
		return ""
	}
	environ, err := os.ReadFile(proc + "/environ")
	if err != nil {
		return ""
	}
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		value, ok := bytes.CutPrefix(variable, []byte(InstanceVariable+"="))
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
