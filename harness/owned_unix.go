//go:build unix

package harness

import (
	"os"
	"syscall"
)

// ownedByUs: never another user's.
func ownedByUs(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
