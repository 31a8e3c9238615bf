package procfs

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Signals that Blender's surroundings send.
const (
	// Stop stops a process.
	Stop = syscall.SIGSTOP
	// Continue lets it go on.
	Continue = syscall.SIGCONT
	// FileTooBig tells of a file that may not grow.
	FileTooBig = int(syscall.SIGXFSZ)
)

// What Limit bounds.
const (
	AddressSpace = unix.RLIMIT_AS
	Descriptors  = unix.RLIMIT_NOFILE
	FileSize     = unix.RLIMIT_FSIZE
)

// Limit lowers a soft limit of a process; restore puts the old one back, and is
// harmless when the process has ended.
func Limit(pid, resource int, to uint64) (restore func() error, err error) {
	var old unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &old); err != nil {
		return nil, fmt.Errorf("read a limit of process %d: %w", pid, err)
	}
	if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: min(to, old.Max), Max: old.Max}, nil); err != nil {
		return nil, fmt.Errorf("limit process %d: %w", pid, err)
	}
	return func() error {
		if err := unix.Prlimit(pid, resource, &old, nil); err != nil && err != unix.ESRCH {
			return fmt.Errorf("take back the limit of process %d: %w", pid, err)
		}
		return nil
	}, nil
}

// WhyNoLimit says why this user may not limit a process; "" when it may.
func WhyNoLimit(pid int) string {
	var old unix.Rlimit
	if err := unix.Prlimit(pid, Descriptors, nil, &old); err != nil {
		return fmt.Sprintf("its process cannot be limited from here: %v", err)
	}
	return ""
}

// FreeDescriptor is the lowest number that the next descriptor of a process can have.
func FreeDescriptor(pid int) (int, error) {
	names, err := Entries("/proc/" + strconv.Itoa(pid) + "/fd")
	if err != nil {
		return 0, Error("list", "/proc/"+strconv.Itoa(pid)+"/fd", err)
	}
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		taken[name] = true
	}
	for n := 0; ; n++ {
		if !taken[strconv.Itoa(n)] {
			return n, nil
		}
	}
}

// Mapped is how much address space a process has taken, in bytes.
func Mapped(pid int) (uint64, error) {
	path := "/proc/" + strconv.Itoa(pid) + "/statm"
	text, err := File(path, make([]byte, 256))
	if err != nil {
		return 0, Error("read", path, err)
	}
	first, _, _ := strings.Cut(string(text), " ")
	pages, err := strconv.ParseUint(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return pages * uint64(os.Getpagesize()), nil
}
