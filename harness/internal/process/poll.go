package process

import (
	"os"
	"sync"
	"time"
)

const pollPause = 100 * time.Millisecond

// look calls f once pid has ended, which is looked for ten times a second; for
// systems that do not tell the end of another process's life.
func look(pid int, f func()) (stop func(), err error) {
	start := Start(pid)
	if !Runs(pid, start) {
		return nil, os.ErrProcessDone
	}
	end, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(pollPause)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				if !Runs(pid, start) {
					f()
					return
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(end); <-watched }), nil
}
