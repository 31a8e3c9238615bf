package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var idleHandles = contract.Check{
	Name: "idle/handles",
	True: "descriptors and threads are flat over many requests",
	Why:  "A process may open 1024 descriptors by default; the next connection after that is refused.",
	How:  "After 100 requests descriptors and threads are counted before and after 200 more, once all connections are closed.",
	Fix: "Close what a request opens, also when it fails:\n" +
		"    try:\n" +
		"        ...\n" +
		"    finally:\n" +
		"        writer.close()",
	FixPlain: "Close what a request opens, also when it fails:\n" +
		"    with connection:\n" +
		"        ...",
	Needs: []contract.Need{contract.NeedService},
	Works: true,
	Run:   judgeHandles,
}

func judgeHandles(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := needsClients(ctx, s); stop {
		return result
	}
	seen, err := growing.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	if seen.failed != nil && !seen.leaksHandles() {
		return contract.Skipped("requests were not answered: see idle/memory (" + explain.FirstLine(seen.failed) + ")")
	}
	figure := seen.handleFigure()
	result := contract.Passed(figure)
	switch {
	case seen.handles.Descriptors > spareHandles:
		result = contract.Failed(figure, "each request leaves a descriptor open: a connection, a file or a pipe that is never closed")
	case seen.handles.Threads > spareHandles:
		result = contract.Failed(figure, "each request leaves a thread behind"+s.Source().Perhaps("thread"))
	}
	result.Expected = fmt.Sprintf("after %d requests at most %d descriptors and threads more than before", seen.handleCount, spareHandles)
	return result
}

func (g *growth) handleFigure() string {
	return fmt.Sprintf("%+d descriptors and %+d threads after %d requests", g.handles.Descriptors, g.handles.Threads, g.handleCount)
}
