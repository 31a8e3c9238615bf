//go:build unix

package process

import (
	"os"
	"syscall"
)

// OwnedByUs is true for a file of this user, never for another's.
func OwnedByUs(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
