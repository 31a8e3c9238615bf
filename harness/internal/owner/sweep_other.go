//go:build !linux

package owner

// Namespace is empty: there is one, and a folder that survives a boot is kept as long as
// a process has its owner's PID.
func Namespace() string { return "" }

// sweepProcesses has nothing to go by here: other processes' environments
// cannot be read. The supervisor has killed them.
func sweepProcesses() {}

// KillMarked has nothing to go by either.
func KillMarked(string) {}
