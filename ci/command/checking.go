package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

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

// hear looks whether an add-on without a target file answers in another way than its
// source was read, and goes by what answered.
func (r *checking) hear(ctx context.Context) error {
	if len(r.what.assumed) == 0 || r.plan.Unsupported() != "" {
		return nil
	}
	found, by, err := contract.Spoken(ctx, contract.Config{Target: r.plan.Target, Backend: r.plan.Backend, Out: r.record.lives()})
	if ctx.Err() != nil {
		return Interrupted.because("%w", context.Cause(ctx))
	}
	if err != nil || found == "" {
		return nil //nolint:nilerr // what keeps it from being started is told by the checks
	}
	under := *r.plan.Target
	under.Service = by
	r.plan.Target = &under
	r.what.assumed = append(r.what.assumed, found+" after all: so it answered")
	return nil
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
	config := contract.Config{Target: &under, Backend: r.plan.Backend, Out: r.record.lives(), Faults: r.record.run.Dir(), Thorough: r.word.Thorough,
		Courses: r.record.part.AddCourse}
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
	if err == nil && cause == nil && len(r.what.assumed) > 0 && r.what.under.Launch.Start != "" {
		said, failed := contract.Alone(ctx, contract.Config{Target: r.plan.Target, Backend: r.plan.Backend, Out: r.record.lives()})
		if err = CouldNot.as(failed); said != "" {
			r.teller.note("\n" + said)
		}
	}
	if err == nil && cause == nil && r.word.TryRemedies {
		err = r.tryRemedies(ctx)
	}
	err = errors.Join(err, r.record.finish(err))
	whole := r.record.report(r.plan.Head(), r.planned, r.results, err)
	status := Status(report.Status(whole))
	switch {
	case interrupted:
		status = Interrupted
	case err != nil:
		status = statusOf(err)
	case status == Good && r.word.Strict && whole.Count(report.Warn) > 0:
		status = NotGood
	}
	for _, line := range r.unsteady() {
		r.teller.note(line)
	}
	if missing := r.record.part.Unwritten(); len(missing) > 0 {
		r.teller.note("\nnot in the report, which could not be written: " + strings.Join(missing, ", "))
	}
	r.teller.end(whole, status)
	if !r.word.JSON { // what is printed is for programs
		actions(r.call, whole)
	}
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
