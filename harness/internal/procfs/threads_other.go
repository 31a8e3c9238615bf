//go:build !linux

package procfs

import "time"

// Thread is what the kernel knows of one thread.
type Thread struct {
	TID      int
	State    byte
	Locked   bool
	Used     time.Duration
	Switches uint64
	Wanted   time.Duration
}

// Threads are not known.
func Threads(int) []Thread { return nil }

// Masks are not known.
func Masks(int) (ignored, caught uint64, ok bool) { return 0, 0, false }
