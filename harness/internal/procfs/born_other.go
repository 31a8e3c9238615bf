//go:build !linux

package procfs

import "time"

// Born is the start time of a process; it is not read here.
func Born(int) string { return "" }

// State is the state of a process's main thread; it is not read here.
func State(int) string { return "" }

// Waited is how long a process has waited for a processor; it is not read here.
func Waited(int) time.Duration { return 0 }
