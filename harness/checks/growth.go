package checks

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/usage"
)

const (
	warmUp         = 100
	handleRequests = 200
	memoryRequests = 1000
	growthClients  = 8
	// growthTime ends a round for a service that needs long for a request.
	growthTime = 3 * time.Second
	// spareHandles may stay: a pool fills up to its size.
	spareHandles = 8
)

// growth is what many requests have left behind.
type growth struct {
	failed          error // a request that was not answered
	handles, memory usage.Window
	// The requests between the samples of each window.
	handleCount, memoryCount int
}

// growing is what many requests leave behind, measured once a session. The first
// requests fill caches and pools and do not count, and what looks like growth
// is measured again: what grows once, and not again, is no leak.
var growing = contract.Fact[growth]{Name: "growth", Make: func(ctx context.Context, s *contract.Session) (growth, error) {
	seen := growth{}
	life, err := s.Shared(ctx)
	if err == nil {
		_, seen.failed = many(ctx, life.Ask, warmUp)
	}
	for again := 0; again < 2 && err == nil && seen.failed == nil; again++ {
		seen.handles, seen.handleCount, err = round(ctx, s, life, handleRequests, &seen)
		if !seen.leaksHandles() {
			break
		}
	}
	for again := 0; again < 2 && err == nil && seen.failed == nil && !seen.leaksHandles(); again++ {
		seen.memory, seen.memoryCount, err = round(ctx, s, life, memoryRequests, &seen)
		// What shrinks still gives back what earlier requests took, and hides growth.
		if rss := seen.memory.RSS; rss <= allowed(s, seen.memoryCount) && rss > -1<<20 {
			break
		}
	}
	return seen, err
}}

// round measures from before to after count requests.
func round(ctx context.Context, s *contract.Session, life *contract.Life, count int, seen *growth) (usage.Window, int, error) {
	before, err := calm(ctx, life, usage.Sample{})
	if err != nil {
		return usage.Window{}, 0, err
	}
	asked, failed := many(ctx, life.Ask, count)
	seen.failed = failed
	if failed != nil && !life.Alive() {
		return usage.Window{}, asked, nil
	}
	after, err := calm(ctx, life, before)
	return usage.Between(before, after), asked, err
}

func (g *growth) leaksHandles() bool {
	return g.handles.Descriptors > spareHandles || g.handles.Threads > spareHandles
}

// allowed is the memory that so many requests may add.
func allowed(s *contract.Session, requests int) int64 {
	return max(s.Target().Budgets.Memory, s.Target().Budgets.Memory*int64(requests)/1000)
}

// many asks count times with a few clients at once, and returns how often it
// asked before the time was over.
func many(ctx context.Context, ask func(context.Context) error, count int) (int, error) {
	deadline := time.Now().Add(growthTime)
	var mu sync.Mutex
	var first error
	asked := 0
	take := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if asked == count || first != nil || time.Now().After(deadline) {
			return false
		}
		asked++
		return true
	}
	var all sync.WaitGroup
	for range growthClients {
		all.Go(func() {
			for take() {
				if err := ask(ctx); err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return asked, first
}

// calm samples when the service has closed what the last requests had open:
// when the figures stand still and are no higher than before, or after a second.
func calm(ctx context.Context, life *contract.Life, before usage.Sample) (usage.Sample, error) {
	deadline := time.Now().Add(time.Second)
	var last usage.Sample
	for {
		sample, err := life.Usage(ctx)
		if err != nil {
			return sample, fmt.Errorf("measure: %w", err)
		}
		still := sample.Descriptors == last.Descriptors && sample.Threads == last.Threads
		back := before.Descriptors == 0 || sample.Descriptors <= before.Descriptors && sample.Threads <= before.Threads
		if still && back || time.Now().After(deadline) {
			return sample, nil
		}
		last = sample
		if !contract.Pause(ctx, 50*time.Millisecond) {
			return sample, ctx.Err()
		}
	}
}
