package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
)

var execSlow = contract.Check{
	Name:  "exec/slow",
	True:  "while a slow exec runs nothing is lost, and all waiting clients are answered after it",
	Why:   "A render or an import takes longer than a request. Who comes meanwhile must wait, not be dropped.",
	How:   "Code that takes a second is sent; eight clients ask meanwhile. All of them, and the slow one, must be answered.",
	Fix:   "Leave waiting connections in the backlog (listen(100)), and let no time limit of the service run while code runs.",
	Needs: []contract.Need{contract.NeedService, contract.NeedExec},
	Run:   judgeSlow,
}

// judgeSlow keeps the service busy for a second and lets others ask meanwhile.
func judgeSlow(ctx context.Context, s *contract.Session) report.Result {
	life, result, stop := lifeForExec(ctx, s, needsClients)
	if stop {
		return result
	}
	const clients = 8
	runs, file := "runs-"+contract.Nonce(), "slow-"+contract.Nonce()+".json"
	code := "import time\n" + life.Marker(runs) + "\ntime.sleep(1.0)\n" +
		"_bgf = open(" + contract.PyString(life.Scratch()+"/"+file) + ", 'w')\n_bgf.write('{\"done\": true}')\n_bgf.close()\n"
	var slow contract.Effect
	slowDone := make(chan error, 1)
	go func() {
		var err error
		slow, err = life.TryRaw(ctx, code, file)
		slowDone <- err
	}()
	began := life.Marked(ctx, runs, s.Patience())
	errs := make([]error, clients)
	times := make([]time.Duration, clients)
	start := time.Now()
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			limited, cancel := context.WithTimeout(ctx, time.Second+3*s.Patience())
			defer cancel()
			errs[i] = life.AskLong(limited)
			times[i] = time.Since(start)
		})
	}
	all.Wait()
	err := <-slowDone
	switch {
	case ctx.Err() != nil:
		return contract.FromError(ctx.Err())
	case err != nil:
		return contract.FromError(err)
	case !began:
		return contract.Undecided("the slow code never began", "reply: "+contract.ReplyText(slow.Reply, slow.ReplyErr))
	}
	failed := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil })
	seen := fmt.Sprintf("of %d clients that came during a slow exec %d were not answered", clients, len(failed))
	switch {
	case len(failed) > 0 && s.Ended(ctx, life):
		return life.Died(ctx, seen+"; the process ended")
	case len(failed) > 0:
		const dropped = "who waits while client code runs is dropped: a time limit or a short backlog cuts them off"
		cut := func(err error) bool { return !errors.As(err, new(*service.TimeoutError)) }
		if i := slices.IndexFunc(failed, cut); i >= 0 { // how busy the machine was does not count
			return contract.Failed(seen+": "+explain.FirstLine(failed[i]), dropped)
		}
		return life.Unanswered(ctx, seen+": "+explain.FirstLine(failed[0]), dropped)
	case slow.Wrote == nil:
		return contract.Failed("the slow code never came to its end", "client code that takes a second is given up or killed")
	case slow.ReplyErr != nil:
		return contract.Failed("the slow code ran to its end and its client got no reply: "+explain.FirstLine(slow.ReplyErr),
			"the connection of a client whose code takes a second is given up before the reply is sent")
	}
	return contract.Passed(fmt.Sprintf("%d clients that came during a slow exec were all answered, the last after %s", clients, explain.Short(slices.Max(times))))
}
