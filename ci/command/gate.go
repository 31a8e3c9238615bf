package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/gate"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

type gateWord struct {
	What string `arg:"" optional:"" name:"addon-or-target" predictor:"file" help:"What to judge, as for check: the head."`

	Base    string   `placeholder:"REF|RECORD" help:"To compare with: a commit, measured in turns with the head, or a gate.json of before. Without it the head alone is measured and recorded."`
	Rounds  int      `default:"5" placeholder:"N" help:"How often each side is measured. Fewer than 5 cannot prove a change."`
	NewOnly bool     `help:"What fails on the base as well does not fail the gate."`
	Check   []string `placeholder:"NAME" predictor:"check" help:"Judge this check alone, an area or a pattern; default: all. Repeatable."`

	where
}

// Help stands in `bgcheck gate --help`.
func (*gateWord) Help() string {
	return `It judges the checks on both sides, takes figures (time to ready, latencies, requests a second, idle CPU and wake-ups, memory, time to stop), and says of each better, worse, same, inconclusive (too noisy) or not comparable (another kind of machine or Blender). Worse is what changed by more than a tolerance and a floor, and not by chance (Mann-Whitney, p < 0.01). A base that is a commit is measured twice in each round: the second is the control, against which no difference counts.

  bgcheck gate ./my_addon --base origin/main
  bgcheck gate ./my_addon --out before
  bgcheck gate ./my_addon --base before

In the out folder: gate.json, the record, and gate.txt, which benchstat reads.

Exit status: 0 nothing got worse, 1 something did, or a check fails (see --new-only), 3 it could not be measured, 4 the command line or the target file is wrong.`
}

// side is one of those measured in turns.
type side struct {
	name    string
	session *contract.Session
	rounds  []gate.Round
	// failed is why a round has no figures, the first time; nil when each has.
	failed error
}

// Run measures, compares and says what came of it.
func (w *gateWord) Run(c *call) error {
	chosen, err := checks.Choose(w.Check...)
	if err != nil {
		return Wrong.as(err)
	}
	if w.Rounds < 1 {
		return Wrong.because("--rounds takes a number above 0")
	}
	settings, err := w.settings(w.What)
	if err != nil {
		return err
	}
	what, err := find(settings)
	if err != nil {
		return err
	}
	ctx, stop, err := interruptible(c)
	if err != nil {
		return err
	}
	defer stop()
	run, err := report.BeginOwn(settings.Out)
	if err != nil {
		return CouldNot.because("%w; name another by --out or BGCHECK_OUT", err)
	}
	plan, err := prepare(ctx, settings, what.under)
	if err != nil {
		return err
	}
	if reason := plan.Unsupported(); reason != "" {
		return CouldNot.because("%s", reason)
	}
	g := &gating{word: w, call: c, chosen: chosen, run: run}
	head := &gate.Record{Head: plan.Head()}
	if w.Base == "" {
		if _, err := g.measure(ctx, []*setup.Plan{plan}, []*gate.Record{head}); err != nil {
			return err
		}
		return g.write(settings, head)
	}
	base, err := gate.Read(w.Base)
	plans, records := []*setup.Plan{plan}, []*gate.Record{head}
	if errors.Is(err, fs.ErrNotExist) {
		old, failed := g.checkout(ctx, settings, what)
		if failed != nil {
			return failed
		}
		base = &gate.Record{Head: old.Head()}
		plans, records = []*setup.Plan{old, plan}, []*gate.Record{base, head}
	} else if err != nil {
		return Wrong.as(err)
	}
	control, err := g.measure(ctx, plans, records)
	if err != nil {
		return err
	}
	if err := g.write(settings, head); err != nil {
		return err
	}
	return w.conclude(c, gate.Judge(base, head, control), head)
}

// conclude prints the comparison.
func (w *gateWord) conclude(c *call, o gate.Outcome, head *gate.Record) error {
	table := report.Clean(o.Table())
	fmt.Fprintf(c.out, "\n%s\n", table)
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" {
		if err := appendTo(path, "## bgcheck gate: "+report.Clean(head.Target)+"\n\n"+table+"\n"); err != nil {
			fmt.Fprintln(c.errout, "bgcheck: "+err.Error())
		}
	}
	worse := o.Regressions()
	for _, text := range worse {
		fmt.Fprintln(c.out, "regression: "+text)
	}
	switch {
	case len(worse) > 0:
		return NotGood.ended()
	case len(o.Known) > 0 && !w.NewOnly:
		fmt.Fprintln(c.out, "no regression, but what fails on the base fails still (--new-only lets it)")
		return NotGood.ended()
	case len(o.Open) > 0:
		fmt.Fprintln(c.out, "no regression was seen, but not all could be judged")
		return NotGood.ended()
	}
	fmt.Fprintln(c.out, "no regression")
	return nil
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // a report is for everyone
	if err != nil {
		return fmt.Errorf("append summary: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// gating is one use of gate.
type gating struct {
	word   *gateWord
	call   *call
	chosen []contract.Check
	run    *report.Run
}

// measure judges the checks of each plan and takes its figures, in turns, into the
// record of the same place. With two plans the first, the base, is measured twice,
// and its second figures are the control.
func (g *gating) measure(ctx context.Context, plans []*setup.Plan, records []*gate.Record) (control []gate.Round, err error) {
	names := []string{"head"}
	if len(plans) == 2 {
		names = []string{"base", "head"}
	}
	var sides []*side
	defer func() {
		for _, s := range sides {
			err = errors.Join(err, s.session.Close())
		}
	}()
	open := func(name string, plan *setup.Plan) error {
		session, err := contract.Open(g.config(plan, name+"-figures"))
		if err == nil {
			sides = append(sides, &side{name: name, session: session})
		}
		return CouldNot.as(err)
	}
	for i, plan := range plans {
		g.say("%s: judging %s", names[i], report.Clean(plan.Target.Name))
		results, err := judge(ctx, g.config(plan, names[i]), contract.Plan{Checks: g.chosen})
		if err != nil {
			return nil, CouldNot.as(err)
		}
		if ctx.Err() != nil {
			return nil, Interrupted.because("%w", context.Cause(ctx))
		}
		records[i].Checks = map[string]report.Verdict{}
		for _, result := range results {
			records[i].Checks[result.Name] = result.Verdict
		}
		if err := open(names[i], plan); err != nil {
			return nil, err
		}
	}
	if len(plans) == 2 {
		if err := open("control", plans[0]); err != nil {
			return nil, err
		}
	}
	for n := range g.word.Rounds {
		g.say("round %d of %d", n+1, g.word.Rounds)
		for k := range sides { // each is first in turn
			s := sides[(k+n)%len(sides)]
			round, err := gate.Measure(ctx, s.session)
			if ctx.Err() != nil {
				return nil, Interrupted.because("%w", context.Cause(ctx))
			}
			if err != nil {
				if s.failed == nil {
					s.failed = err
					g.say("%s: no figures: %s", s.name, setup.Line(err))
				}
				continue
			}
			s.rounds = append(s.rounds, round)
		}
	}
	for i := range records {
		records[i].Rounds = sides[i].rounds
		if sides[i].failed != nil && !errors.Is(sides[i].failed, gate.ErrNoService) && len(sides[i].rounds) == 0 {
			return nil, CouldNot.because("no figures of the %s: %w", sides[i].name, sides[i].failed)
		}
	}
	if len(sides) == 3 {
		control = sides[2].rounds
	}
	return control, nil
}

func (g *gating) config(plan *setup.Plan, name string) contract.Config {
	folder := filepath.Join(g.run.Dir(), name)
	return contract.Config{Target: plan.Target, Backend: plan.Backend, Out: folder, Faults: folder}
}

func (g *gating) say(format string, args ...any) {
	fmt.Fprintf(g.call.errout, format+"\n", args...)
}

// write keeps the head's record, and its figures as benchstat reads them.
func (g *gating) write(settings setup.Settings, head *gate.Record) error {
	file := filepath.Join(settings.Out, gate.FileName)
	if err := head.Write(file); err != nil {
		return CouldNot.as(err)
	}
	figures := filepath.Join(settings.Out, "gate.txt")
	if err := os.WriteFile(figures, []byte(report.Clean(head.Benchmarks())), 0o644); err != nil { //nolint:gosec // a report is for everyone
		return CouldNot.as(err)
	}
	g.say("record: %s (figures for benchstat: %s)", settings.Show(file), settings.Show(figures))
	return nil
}
