package contract

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
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
	err             error
	failed          error // a request that was not answered
	handles, memory usage.Window
	// The requests between the samples of each window.
	handleCount, memoryCount int
}

// grown measures once per session what many requests leave behind. The first
// requests fill caches and pools and do not count, and what looks like growth
// is measured again: what grows once, and not again, is no leak.
func (s *Session) grown(ctx context.Context) growth {
	if s.growth != nil {
		return *s.growth
	}
	seen := growth{}
	life, err := s.Shared(ctx)
	if err == nil {
		_, seen.failed = s.many(ctx, life, warmUp)
	}
	for round := 0; round < 2 && err == nil && seen.failed == nil; round++ {
		seen.handles, seen.handleCount, err = s.round(ctx, life, handleRequests, &seen)
		if !seen.leaksHandles() {
			break
		}
	}
	for round := 0; round < 2 && err == nil && seen.failed == nil && !seen.leaksHandles(); round++ {
		seen.memory, seen.memoryCount, err = s.round(ctx, life, memoryRequests, &seen)
		// What shrinks still gives back what earlier requests took, and hides growth.
		if rss := seen.memory.RSS; rss <= s.allowed(seen.memoryCount) && rss > -1<<20 {
			break
		}
	}
	seen.err = err
	if ctx.Err() == nil {
		s.growth = &seen
	}
	return seen
}

// round measures from before to after count requests.
func (s *Session) round(ctx context.Context, life *Life, count int, seen *growth) (usage.Window, int, error) {
	before, err := s.calm(ctx, life, usage.Sample{})
	if err != nil {
		return usage.Window{}, 0, err
	}
	asked, failed := s.many(ctx, life, count)
	seen.failed = failed
	if failed != nil && !life.alive() {
		return usage.Window{}, asked, nil
	}
	after, err := s.calm(ctx, life, before)
	return usage.Between(before, after), asked, err
}

func (g *growth) leaksHandles() bool {
	return g.handles.Descriptors > spareHandles || g.handles.Threads > spareHandles
}

// allowed is the memory that so many requests may add.
func (s *Session) allowed(requests int) int64 {
	return max(s.target.Budgets.Memory, s.target.Budgets.Memory*int64(requests)/1000)
}

// many asks count times with a few clients at once, and returns how often it
// asked before the time was over.
func (s *Session) many(ctx context.Context, life *Life, count int) (int, error) {
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
				if err := life.ping(ctx); err != nil {
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
func (s *Session) calm(ctx context.Context, life *Life, before usage.Sample) (usage.Sample, error) {
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
		if !pause(ctx, 50*time.Millisecond) {
			return sample, ctx.Err()
		}
	}
}

func idleMemory(ctx context.Context, s *Session) report.Result {
	if result, stop := s.needsClients(ctx); stop {
		return result
	}
	seen := s.grown(ctx)
	switch {
	case seen.err != nil:
		return FromError(seen.err)
	case seen.leaksHandles():
		return Skipped(fmt.Sprintf("requests leave descriptors or threads behind: see idle/handles (%s)", seen.handleFigure()))
	case seen.failed != nil && s.shared != nil && s.ended(ctx, s.shared):
		ended, why := s.whyEnded(ctx, s.shared)
		return Failed("under many small requests it ended: "+ended, why)
	case seen.failed != nil:
		return Failed("one of many small requests was not answered: "+firstLine(seen.failed), "something that each request uses up is used up")
	}
	window, count := seen.memory, seen.memoryCount
	figure := fmt.Sprintf("%+.1f MiB after %d requests", mib(window.RSS), count)
	result := Passed(figure)
	if window.RSS > s.allowed(count) {
		result = Failed(figure, "something is kept of every request: a list, a cache or a task that is never dropped",
			fmt.Sprintf("that is %.1f KiB a request, twice in a row", float64(window.RSS)/1024/float64(max(count, 1))))
	}
	result.Expected = fmt.Sprintf("%d requests add at most %.1f MiB", count, mib(s.allowed(count)))
	return result
}

func idleHandles(ctx context.Context, s *Session) report.Result {
	if result, stop := s.needsClients(ctx); stop {
		return result
	}
	seen := s.grown(ctx)
	if seen.err != nil {
		return FromError(seen.err)
	}
	if seen.failed != nil && !seen.leaksHandles() {
		return Skipped("requests were not answered: see idle/memory (" + firstLine(seen.failed) + ")")
	}
	figure := seen.handleFigure()
	result := Passed(figure)
	switch {
	case seen.handles.Descriptors > spareHandles:
		result = Failed(figure, "each request leaves a descriptor open: a connection, a file or a pipe that is never closed")
	case seen.handles.Threads > spareHandles:
		result = Failed(figure, "each request leaves a thread behind"+s.at("thread"))
	}
	result.Expected = fmt.Sprintf("after %d requests at most %d descriptors and threads more than before", seen.handleCount, spareHandles)
	return result
}

func (g *growth) handleFigure() string {
	return fmt.Sprintf("%+d descriptors and %+d threads after %d requests", g.handles.Descriptors, g.handles.Threads, g.handleCount)
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }
