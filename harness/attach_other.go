//go:build !linux

package harness

import (
	"os"
	"sync"
	"time"
)

func executableOf(int) string { return "" }

// whenEnded calls f once pid has ended, which is looked for ten times a second;
// stop ends the watch and waits for it.
func whenEnded(pid int, f func()) (stop func(), err error) {
	start := startTicks(pid)
	if !processAlive(pid, start) {
		return nil, os.ErrProcessDone
	}
	end, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				if !processAlive(pid, start) {
					f()
					return
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(end); <-watched }), nil
}
