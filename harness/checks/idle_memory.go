package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var idleMemory = contract.Check{
	Name:  "idle/memory",
	True:  "memory is flat over a thousand requests",
	Why:   "A service that keeps something of every request is ended by the kernel after days, and nobody knows why.",
	How:   "After 300 requests the resident memory is read before and after 1000 more; growth over the budget must show twice. The same with 200 exec requests of code that does nothing; what bpy.data holds is counted, too.",
	Fix:   "Drop finished tasks, connections and requests: no list or cache without a bound; keep references to asyncio tasks only until they are done.",
	Needs: []contract.Need{contract.NeedService},
	Works: true,
	Run:   judgeMemory,
}

func judgeMemory(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsClients(ctx, s); stop {
		return result
	}
	seen, err := growing.Of(ctx, s)
	switch {
	case err != nil:
		return contract.FromError(err)
	case seen.leaksHandles():
		return contract.Skipped(fmt.Sprintf("requests leave descriptors or threads behind: see idle/handles (%s)", seen.handleFigure()))
	case seen.failed != nil && s.Current() != nil && s.Ended(ctx, s.Current()):
		return s.Current().Died(ctx, "under many small requests it ended")
	case seen.failed != nil:
		return contract.Failed("one of many small requests was not answered: "+explain.FirstLine(seen.failed), "something that each request uses up is used up")
	}
	window, count := seen.memory, seen.memoryCount
	figure := fmt.Sprintf("%+.1f MiB after %d requests", mib(window.RSS), count)
	result := contract.Passed(figure)
	if window.RSS > allowed(s, count) {
		result = contract.Failed(figure, "something is kept of every request: a list, a cache or a task that is never dropped",
			fmt.Sprintf("that is %.1f KiB a request, twice in a row", float64(window.RSS)/1024/float64(max(count, 1))))
	}
	if result.Verdict == report.Pass {
		byExec, err := growingByExec.Of(ctx, s)
		if err != nil {
			return contract.FromError(err)
		}
		if seen, why := byExec.leaks(s); seen != "" {
			result = contract.Failed(seen, why, "requests that run no code: "+figure)
			result.Fix = "Remove what a request has made when it has been answered:\n" +
				"    bpy.data.images.remove(image)\n" +
				"and keep no list of requests, outputs or results without a bound."
		} else if byExec.count > 0 {
			result.Seen += fmt.Sprintf(", %+.1f MiB after %d exec requests", mib(byExec.memory.RSS), byExec.count)
		}
	}
	result.Expected = fmt.Sprintf("%d requests add at most %.1f MiB", count, mib(allowed(s, count)))
	return result
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }
