package report

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine describes where the run took place, as far as it bears on figures.
type Machine struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	// Kernel release; empty where it cannot be read.
	Kernel string `json:"kernel"`
	// CPU is the processor's model name; empty where it cannot be read.
	CPU string `json:"cpu"`
	// CPUs this process may use.
	CPUs int `json:"cpus"`
	// Memory in bytes; 0 where it cannot be read.
	Memory int64 `json:"memory"`
}

// ThisMachine describes the machine the program runs on.
func ThisMachine() Machine {
	m := Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}
	if runtime.GOOS != "linux" {
		return m
	}
	if data, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(data))
	}
	m.CPU = procField("/proc/cpuinfo", "model name")
	if kb, err := strconv.ParseInt(strings.TrimSuffix(procField("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		m.Memory = kb << 10
	}
	return m
}

// procField is the first value of "name : value" in a file of /proc.
func procField(path, name string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		key, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
