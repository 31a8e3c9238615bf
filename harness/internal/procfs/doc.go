// Package procfs is the one reader of Linux's /proc/PID: what the supervisor,
// the sweep and the measurements know of processes comes from here.
//
//	s, err := procfs.Read(pid, nil)
//	if err == nil && !s.Dead() {
//		fmt.Println(s.Name, "started by", s.PPID)
//	}
//
// State and Born can be called on every system; elsewhere they know nothing.
package procfs

import "errors"

// ErrVanished is a process that ended before or while it was read.
var ErrVanished = errors.New("vanished")
