package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var execMainThread = contract.Check{
	Name: "exec/main-thread",
	True: "the code ran on the main thread",
	Why:  "Blender's data and operators are not made for threads: a worker that calls bpy.ops while the main thread works crashes Blender (3 runs of 3).",
	How:  "The code writes whether threading.current_thread() is threading.main_thread() into the scratch folder.",
	Fix: "Let threads take requests and the main thread run them:\n" +
		"    work = queue.Queue()              # threads: work.put((code, reply))\n" +
		"    while not stop_requested:         # main thread\n" +
		"        try:\n" +
		"            code, reply = work.get(timeout=0.1)   # without a timeout no signal would end it\n" +
		"        except queue.Empty:\n" +
		"            continue\n" +
		"        reply(run(code))\n" +
		"Or drive one event loop on the main thread, and no threads at all.",
	Needs:  []contract.Need{contract.NeedService, contract.NeedExec},
	Hosted: contract.Beside,
	Run:    judgeMainThread,
}

func judgeMainThread(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, execTakesEffect, "exec has no effect"); stop {
		return result
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	seen, err := life.Try(ctx, "_bg['main'] = threading.current_thread() is threading.main_thread()\n"+
		"_bg['name'] = threading.current_thread().name\n_bg['daemon'] = threading.current_thread().daemon")
	if err != nil {
		return contract.FromError(err)
	}
	if seen.Wrote == nil {
		return noEffect(ctx, s, life, seen)
	}
	if seen.Wrote["main"] == true {
		return contract.Passed("the code ran on the main thread")
	}
	diagnosis := "Blender's data and operators belong to the main thread: used from another one while it works, Blender crashes"
	if at := s.Source().Cite("thread"); at != "" {
		diagnosis += fmt.Sprintf("; the thread may come from %s", at)
	}
	return contract.Failed(fmt.Sprintf("the code ran on the thread %v", seen.Wrote["name"]), diagnosis)
}
