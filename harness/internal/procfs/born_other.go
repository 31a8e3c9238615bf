//go:build !linux

package procfs

// Born is the start time of a process; it is not read here.
func Born(int) string { return "" }

// State is the state of a process's main thread; it is not read here.
func State(int) string { return "" }
