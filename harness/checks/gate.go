package checks

import (
	"context"
	"sync/atomic"
	"time"
)

// gate opens when so many have come.
type gate struct {
	missing atomic.Int64
	open    chan struct{}
}

func newGate(count int) *gate {
	g := &gate{open: make(chan struct{})}
	g.missing.Store(int64(count))
	return g
}

func (g *gate) come() {
	if g.missing.Add(-1) == 0 {
		close(g.open)
	}
}

// wait returns when the gate is open, or after a second: a short backlog may let
// nobody in before the first have been served.
func (g *gate) wait(ctx context.Context) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-g.open:
	case <-timer.C:
	case <-ctx.Done():
	}
}
