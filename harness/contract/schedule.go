package contract

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Plan says which checks a session judges, and how.
type Plan struct {
	// Checks in the order in which they are best run.
	Checks []Check
	// Side is how many lives may run side by side; 0: twice the machine's cores,
	// since most of a check is waiting. A target with a fixed port has one at a time.
	Side int
	// FailFast begins no check after the first that fails.
	FailFast bool
	// Notify is told of each check that begins and is done, one call at a time; or nil.
	Notify func(Event)
}

// Event is a check that begins, or is done.
type Event struct {
	Check Check
	// Result is nil when it begins.
	Result *report.Result
}

// RunAll judges a plan's checks. Those that ask the shared life do so one after
// the other; while a Quiet one measures, nothing else runs; the others run beside
// them. The results are in the plan's order; behind them come failures of checks
// that were judged only because others build on them. A check that was not come
// to (ctx ended, FailFast) has no result.
func (s *Session) RunAll(ctx context.Context, plan Plan) []report.Result {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &run{session: s, plan: plan, stop: stop, results: map[string]report.Result{}}
	side := plan.Side
	if side <= 0 {
		side = 2 * runtime.NumCPU()
	}
	if side == 1 || s.FixedPort() {
		r.each(ctx, plan.Checks)
		return r.inOrder()
	}
	var first, quiet, shared, own, free []Check
	calm := slices.IndexFunc(plan.Checks, func(c Check) bool { return c.Asks == Quiet })
	for i, check := range plan.Checks {
		switch {
		case check.Asks == Quiet:
			quiet = append(quiet, check)
		case check.Asks == NoLife:
			free = append(free, check)
		case check.Asks == OwnLives:
			own = append(own, check)
		case i < calm:
			first = append(first, check)
		default:
			shared = append(shared, check)
		}
	}
	if len(quiet) > 0 {
		r.beside(ctx, first, free, 1)
		r.each(ctx, quiet)
		free = nil
	}
	r.beside(ctx, shared, append(own, free...), side-1)
	return r.inOrder()
}

// run is one call of RunAll.
type run struct {
	session *Session
	plan    Plan
	stop    context.CancelCauseFunc

	mu      sync.Mutex // guards results, and is held while Notify runs
	results map[string]report.Result
	failed  bool
}

// beside judges one list in turn, and beside it the other with so many workers.
func (r *run) beside(ctx context.Context, turn, free []Check, workers int) {
	var all sync.WaitGroup
	all.Go(func() { r.each(ctx, turn) })
	next := make(chan Check, len(free))
	for _, check := range free {
		next <- check
	}
	close(next)
	for range min(workers, len(free)) {
		all.Go(func() {
			for check := range next {
				r.one(ctx, check)
			}
		})
	}
	all.Wait()
}

func (r *run) each(ctx context.Context, checks []Check) {
	for _, check := range checks {
		r.one(ctx, check)
	}
}

// one judges a check, unless the run is to end.
func (r *run) one(ctx context.Context, check Check) {
	r.mu.Lock()
	over := ctx.Err() != nil || r.failed && r.plan.FailFast
	if !over {
		r.tell(Event{Check: check})
	}
	r.mu.Unlock()
	if over {
		return
	}
	result := r.within(ctx, check)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[check.Name] = result
	r.failed = r.failed || result.Verdict == report.Fail || result.Verdict == report.Inconclusive
	r.tell(Event{Check: check, Result: &result})
}

func (r *run) tell(e Event) {
	if r.plan.Notify != nil {
		r.plan.Notify(e)
	}
}

// Stuck is how long a check may go on after its time is over; then the run is
// given up.
const Stuck = 20 * time.Second

// within judges a check in the time that it may take.
func (r *run) within(ctx context.Context, check Check) report.Result {
	limited, cancel := context.WithTimeout(ctx, Limit(r.session.target))
	defer cancel()
	judged := make(chan report.Result, 1)
	began := time.Now()
	go func() { judged <- r.session.Run(limited, check) }()
	select {
	case result := <-judged:
		return result
	case <-limited.Done():
	}
	timer := time.NewTimer(Stuck)
	defer timer.Stop()
	select {
	case result := <-judged:
		return result
	case <-timer.C:
	}
	err := fmt.Errorf("%s did not end when it was told to (%w)", check.Name, context.Cause(limited))
	r.stop(err)
	result := r.session.named(check, Undecided(err.Error()+"; the run was given up"))
	result.Seconds = time.Since(began).Seconds()
	return result
}

// Limit is the time that a check of a target may take: a safety net, far above what
// the target's budgets add up to.
func Limit(t *target.Target) time.Duration {
	b := t.Budgets
	if t.IsJob() {
		return 2*time.Minute + 12*(b.Job+b.Stop)
	}
	if t.IsWorker() {
		return 2*time.Minute + 6*(b.Ready+b.Stop) + 3*b.Quiet + 20*t.Worker.Within + 5*t.Worker.Returns
	}
	return 2*time.Minute + time.Duration(4+len(t.Config))*(b.Ready+b.Stop) + 3*b.Quiet
}

// inOrder lists the results in the plan's order, and then what failed behind them.
func (r *run) inOrder() []report.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ordered []report.Result
	for _, check := range r.plan.Checks {
		if result, ok := r.results[check.Name]; ok {
			ordered = append(ordered, result)
		}
	}
	return append(ordered, r.session.behind(r.plan.Checks)...)
}

// behind lists the failures of checks that are not among these.
func (s *Session) behind(checks []Check) []report.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []report.Result
	for name, result := range s.pending {
		asked := slices.ContainsFunc(checks, func(c Check) bool { return c.Name == name })
		if !asked && (result.Verdict == report.Fail || result.Verdict == report.Inconclusive) {
			found = append(found, result)
		}
	}
	slices.SortFunc(found, func(a, b report.Result) int { return strings.Compare(a.Name, b.Name) })
	return found
}
