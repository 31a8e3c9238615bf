package checks

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// execRequests is how many requests that do nothing are sent to see what each
// leaves behind.
const execRequests = 200

// leastShare: who makes a datablock at every twentieth request still piles them up.
const leastShare = 20

// execGrowth is what exec requests that do nothing have left behind.
type execGrowth struct {
	count  int
	memory usage.Window
	// blocks are the collections of bpy.data that grew, and by how much.
	blocks map[string]int
}

// growingByExec is measured once a session, on targets whose exec works. Growth
// of memory must show twice, as in growing.
var growingByExec = contract.Fact[execGrowth]{Name: "growth by exec", Make: func(ctx context.Context, s *contract.Session) (seen execGrowth, err error) {
	if s.Target().Exec == nil || s.Verdict(ctx, execTakesEffect).Verdict != report.Pass {
		return seen, nil
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return seen, err
	}
	ask := func(ctx context.Context) error {
		_, err := life.Exec(ctx, "pass")
		return err
	}
	if _, err := many(ctx, ask, warmUp/4); err != nil {
		return seen, nil //nolint:nilerr // that requests get no reply is for others to report
	}
	for range 2 {
		before, err := blocksOf(ctx, life)
		if err != nil {
			return seen, err
		}
		sample, err := calm(ctx, life, usage.Sample{})
		if err != nil {
			return seen, err
		}
		seen.count, err = many(ctx, ask, execRequests)
		if err != nil {
			return execGrowth{}, nil //nolint:nilerr // as above
		}
		after, err := calm(ctx, life, sample)
		if err != nil {
			return seen, err
		}
		seen.memory = usage.Between(sample, after)
		now, err := blocksOf(ctx, life)
		if err != nil {
			return seen, err
		}
		seen.blocks = map[string]int{}
		for name, count := range now {
			if grown := count - before[name]; grown >= max(seen.count/leastShare, 2) {
				seen.blocks[name] = grown
			}
		}
		if len(seen.blocks) == 0 && seen.memory.RSS <= allowed(s, seen.count) {
			break
		}
	}
	return seen, nil
}}

// blocksOf counts what bpy.data holds, by collection; nil where the code had no
// effect.
func blocksOf(ctx context.Context, life *contract.Life) (map[string]int, error) {
	seen, err := life.Try(ctx, "_bg.update((n, len(getattr(bpy.data, n))) for n in dir(bpy.data) if hasattr(getattr(bpy.data, n, None), 'foreach_get'))")
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for name, count := range seen.Wrote {
		if number, ok := count.(float64); ok {
			counts[name] = int(number)
		}
	}
	return counts, nil
}

// leaks says what exec requests leave behind; "" when it is nothing.
func (g execGrowth) leaks(s *contract.Session) (seen, diagnosis string) {
	var kinds []string
	for _, name := range slices.Sorted(maps.Keys(g.blocks)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", g.blocks[name], name))
	}
	switch figure := fmt.Sprintf("%+.1f MiB after %d exec requests of code that does nothing", mib(g.memory.RSS), g.count); {
	case len(kinds) > 0:
		made := strings.Join(kinds, ", ")
		return figure + ", and " + made + " more in bpy.data",
			"the service makes datablocks (" + made + ") for exec requests and does not remove them"
	case g.count > 0 && g.memory.RSS > allowed(s, g.count):
		return figure, fmt.Sprintf("something is kept of every exec request, %.1f KiB each: a list, a cache, output that is never dropped",
			float64(g.memory.RSS)/1024/float64(g.count))
	}
	return "", ""
}
