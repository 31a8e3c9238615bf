package spec

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
)

var (
	interruptOnce sync.Once
	interrupted   atomic.Bool
)

// noteInterrupts remembers that a signal came that ends the run. Ginkgo acts on
// it: it cancels the check that runs, skips the others and cleans up.
func noteInterrupts() {
	interruptOnce.Do(func() {
		came := make(chan os.Signal, 1)
		signal.Notify(came, os.Interrupt, syscall.SIGTERM)
		go func() {
			for range came {
				interrupted.Store(true)
			}
		}()
	})
}

func wasInterrupted() bool { return interrupted.Load() }
