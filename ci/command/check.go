package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
	"github.com/bgcheck/bgcheck/harness/target"
)

type checkWord struct {
	What string `arg:"" optional:"" name:"addon-or-target" predictor:"file" help:"An add-on (its folder, .py file or zip), or a target file. Default: bgcheck.yaml here or above."`

	Check      []string `placeholder:"NAME" predictor:"check" help:"Judge this check alone, an area (stop) or a pattern (stop/sig*). Repeatable."`
	Skip       []string `placeholder:"NAME[=WHY]" sep:"none" predictor:"check" help:"Leave this check, area or pattern out. Repeatable."`
	LastFailed bool     `help:"Judge what failed in the last run; all if nothing did."`
	FailFast   bool     `help:"End with the first failure."`
	Repeat     int      `default:"1" placeholder:"N" help:"Judge so many times; a check passes that passed each time."`
	Watch      bool     `help:"Judge again whenever a source file changes: what failed first, then the rest."`
	Strict     bool     `help:"A warning is a failure."`
	JSON       bool     `name:"json" help:"Print events for programs, one JSON object a line."`
	Side       int      `placeholder:"N" help:"At most so many Blenders side by side. Default: as many as fit."`

	where
}

// Help stands in `bgcheck check --help`.
func (*checkWord) Help() string {
	return `An add-on without a target file is read, and what was assumed is said; "bgcheck init" writes it down.

  bgcheck check ./my_addon
  bgcheck check --check exec --check stop/sigterm
  bgcheck check ./my_addon --last-failed --watch

Exit status: 0 all that was asked for passed, 1 a check failed, 2 interrupted, 3 could not run (no Blender, a full disk), 4 the command line or the target file is wrong.`
}

// Run judges, and says what it saw.
func (w *checkWord) Run(c *call) error {
	chosen, err := choose(w.Check)
	if err != nil {
		return Wrong.as(err)
	}
	skipped, err := skips(w.Skip)
	if err != nil {
		return Wrong.as(err)
	}
	if w.Repeat < 1 || w.Side < 0 {
		return Wrong.because("--repeat and --side take a number above 0")
	}
	settings, err := w.settings(w.What)
	if err != nil {
		return err
	}
	r := &checking{word: w, call: c, settings: settings, skipped: skipped}
	if r.what, err = find(settings); err != nil {
		return err
	}
	last, _ := report.Load(settings.Out) // for --last-failed and the guess of how long it takes
	r.chosen = chosen
	if w.LastFailed {
		r.remark = "what failed in the last run:"
		if r.chosen = failedIn(last, chosen); len(r.chosen) == 0 {
			r.chosen, r.remark = chosen, "nothing failed in the last run: all are judged"
		}
	}
	if w.JSON {
		r.teller = newEvents(c.out, settings.Out)
	} else {
		r.teller = newLines(c.out, settings.Show(settings.Out), secondsIn(last))
	}
	ctx, stop, err := interruptible(c)
	if err != nil {
		return err
	}
	defer stop()
	if r.record, err = beginRecord(settings); err != nil {
		return err
	}
	if r.plan, err = prepare(ctx, settings, r.what.under); err != nil {
		return errors.Join(err, r.record.part.Plan(names(r.chosen)...), r.record.finish(err))
	}
	if w.Watch {
		return r.watch(ctx)
	}
	status, err := r.judge(ctx, r.chosen, nil)
	return errors.Join(err, status.ended())
}

// checking is one use of check.
type checking struct {
	word     *checkWord
	call     *call
	settings setup.Settings
	what     *found
	plan     *setup.Plan
	record   *record
	teller   teller
	chosen   []contract.Check
	skipped  map[string]string // by --skip, with the reasons
	planned  []string          // names of the checks that are to have a result
	remark   string            // said before the checks; "" for none

	results []report.Result
}

// judge judges the checks once or as often as asked, and says what came of it;
// rest, if any, when those are good. An error is what kept it from that.
func (r *checking) judge(ctx context.Context, checks, rest []contract.Check) (Status, error) {
	if err := r.record.again(r.plan.Head()); err != nil {
		return CouldNot, err
	}
	r.results, r.planned = nil, nil
	r.teller.start(r.plan, r.what)
	if r.remark != "" {
		r.teller.note(r.remark)
	}
	within, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := r.phase(within, cancel, checks)
	if len(rest) > 0 && err == nil && within.Err() == nil && len(failed(r.results, checks)) == 0 {
		err = r.phase(within, cancel, rest)
	}
	return r.end(within, err)
}

// phase judges some of the checks.
func (r *checking) phase(ctx context.Context, cancel context.CancelCauseFunc, checks []contract.Check) error {
	var judged []contract.Check
	for _, check := range checks {
		if reason := r.reason(check.Name); reason != "" {
			err := r.keep(report.Result{
				Name: check.Name, Verdict: report.Skip, Expected: check.True, Seen: "not tried", Diagnosis: reason, Evidence: []string{},
			})
			if err != nil {
				return err
			}
			continue
		}
		judged = append(judged, check)
	}
	r.planned = append(r.planned, names(checks)...)
	if err := r.record.part.Plan(names(checks)...); err != nil {
		return CouldNot.as(err)
	}
	for n := 1; n <= r.word.Repeat && ctx.Err() == nil && len(judged) > 0; n++ {
		if r.word.Repeat > 1 {
			r.teller.note(fmt.Sprintf("run %d of %d", n, r.word.Repeat))
		}
		r.teller.expect(names(judged))
		if err := r.once(ctx, cancel, judged); err != nil {
			return err
		}
	}
	return nil
}

// once judges each of the checks one time.
func (r *checking) once(ctx context.Context, cancel context.CancelCauseFunc, checks []contract.Check) error {
	under := *r.plan.Target
	under.Skip = maps.Clone(under.Skip)
	if under.Skip == nil {
		under.Skip = map[string]string{}
	}
	maps.Copy(under.Skip, r.skipped) // what builds on them goes on without
	config := contract.Config{Target: &under, Backend: r.plan.Backend, Out: r.record.lives(), Faults: r.record.run.Dir()}
	var writing error
	told := map[string]bool{}
	tell := func(e contract.Event) {
		switch {
		case e.Result == nil:
			r.teller.begun(e.Check.Name)
			return
		case e.Result.Verdict == report.Inconclusive && ctx.Err() != nil:
			return // it was ended, and is not judged
		case told[e.Result.Name]:
			return
		}
		told[e.Result.Name] = true
		if err := r.keep(*e.Result); err != nil {
			writing = err
			cancel(err)
		}
	}
	plan := contract.Plan{Checks: checks, Side: r.word.Side, FailFast: r.word.FailFast, Notify: tell}
	results, err := judge(ctx, config, plan)
	for _, result := range results { // of checks that were judged because others build on them
		tell(contract.Event{Result: &result})
	}
	return errors.Join(writing, CouldNot.as(err))
}

// keep tells and records a result.
func (r *checking) keep(result report.Result) error {
	r.results = append(r.results, result)
	r.teller.done(result)
	return r.record.add(result)
}

// end says what came of it all.
func (r *checking) end(ctx context.Context, err error) (Status, error) {
	cause := context.Cause(ctx)
	if errors.Is(cause, errChanged) {
		return NotGood, err
	}
	interrupted := errors.Is(cause, errInterrupted)
	if interrupted {
		err = errors.Join(err, CouldNot.as(r.record.part.Interrupt()))
	}
	err = errors.Join(err, r.record.finish(err))
	whole := r.record.report(r.plan.Head(), r.planned, r.results, err)
	status := Status(report.Status(whole))
	switch {
	case interrupted:
		status = Interrupted
	case err != nil:
		status = statusOf(err)
	case status == Good && r.word.Strict && whole.Count(warn) > 0:
		status = NotGood
	}
	for _, line := range r.unsteady() {
		r.teller.note(line)
	}
	r.teller.end(whole, status)
	return status, err
}

// unsteady says of each check that was judged several times, and not always the
// same way, how often it passed.
func (r *checking) unsteady() []string {
	passed, judged := map[string]int{}, map[string]int{}
	for _, result := range r.results {
		judged[result.Name]++
		if result.Verdict == report.Pass {
			passed[result.Name]++
		}
	}
	var lines []string
	for _, name := range slices.Compact(slices.Clone(r.planned)) {
		if n := passed[name]; n > 0 && n < judged[name] {
			lines = append(lines, fmt.Sprintf("unsteady: %s passed %d of %d", name, n, judged[name]))
		}
	}
	return lines
}

// warn is the verdict of what is harmless or only read.
const warn report.Verdict = "warn"

// reason is why the check of that name is not to be tried at all; "" when it is.
func (r *checking) reason(name string) string {
	if reason := r.plan.Unsupported(); reason != "" {
		return reason
	}
	if reason := r.settings.NotTried(name); reason != "" {
		return reason
	}
	return r.skipped[name]
}

func names(checks []contract.Check) []string {
	list := make([]string, len(checks))
	for i, check := range checks {
		list[i] = check.Name
	}
	return list
}

// failedIn are those of the checks that did not pass in a report; nil is none.
func failedIn(last *report.Report, checks []contract.Check) []contract.Check {
	if last == nil {
		return nil
	}
	return failed(last.Checks, checks)
}

// failed are those of the checks that failed, or were inconclusive.
func failed(results []report.Result, checks []contract.Check) []contract.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(check contract.Check) bool {
		return !slices.ContainsFunc(results, func(r report.Result) bool {
			return r.Name == check.Name && (r.Verdict == report.Fail || r.Verdict == report.Inconclusive)
		})
	})
}

func secondsIn(last *report.Report) took {
	before := took{each: map[string]float64{}}
	if last != nil {
		before.all = last.Seconds
		for _, result := range last.Checks {
			before.each[result.Name] = result.Seconds
		}
	}
	return before
}

// sources are the files and folders whose change is worth another look.
func sources(under *target.Target) []string {
	paths := []string{under.Path, under.Resolve(under.Addon)}
	if script := under.Resolve(under.Launch.Script); script != "" {
		paths = append(paths, filepath.Dir(script))
	}
	for _, other := range under.Requires {
		paths = append(paths, under.Resolve(other))
	}
	return slices.DeleteFunc(paths, func(path string) bool { return path == "" })
}
