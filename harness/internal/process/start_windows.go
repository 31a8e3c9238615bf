package process

import "golang.org/x/sys/windows"

// Start is the creation time of a process in units of 100 ns, 0 when it
// cannot be read.
func Start(pid int) uint64 {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return 0
	}
	defer func() { _ = windows.CloseHandle(h) }()
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		return 0
	}
	return uint64(created.Nanoseconds()) / 100
}

// Runs is true when pid is the process that started then.
func Runs(pid int, start uint64) bool { return Start(pid) == start }
