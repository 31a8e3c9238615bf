package procfs

import (
	"os"
	"strconv"
	"strings"
)

// InContainer is the PID on this machine of the process that has the PID inside in
// the container called id, whose process 1 the engine calls init; 0 when it is
// not seen here. inside is 0 when process 1 is the one that is looked for, or
// the engine's own init whose only child it is.
func InContainer(init int, id string, inside int) int {
	if init <= 0 {
		return 0
	}
	groups, err := os.ReadFile("/proc/" + strconv.Itoa(init) + "/cgroup")
	if err != nil || !strings.Contains(string(groups), id) {
		return 0 // a process of another machine, or of another namespace, with that number
	}
	if inside == 0 {
		if name, err := os.ReadFile("/proc/" + strconv.Itoa(init) + "/comm"); err == nil && strings.TrimSpace(string(name)) != "docker-init" {
			return init
		}
	}
	for _, child := range children(init) {
		if inside == 0 || innerPID(child) == inside {
			return child
		}
	}
	return 0
}

func children(pid int) []int {
	own := strconv.Itoa(pid)
	text, err := os.ReadFile("/proc/" + own + "/task/" + own + "/children")
	if err != nil {
		return nil
	}
	var all []int
	for _, word := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(word); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// innerPID is a process's number in its innermost namespace.
func innerPID(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if numbers, ok := strings.CutPrefix(line, "NSpid:"); ok {
			fields := strings.Fields(numbers)
			n, err := strconv.Atoi(fields[len(fields)-1])
			if err == nil {
				return n
			}
		}
	}
	return 0
}
