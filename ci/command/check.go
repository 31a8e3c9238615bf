package command

import (
	"errors"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

type checkWord struct {
	What string `arg:"" optional:"" name:"addon-or-target" predictor:"file" help:"An add-on (its folder, .py file or zip), or a target file. Default: bgcheck.yaml here or above."`

	Check       []string `placeholder:"NAME" predictor:"check" help:"Judge this check alone, an area (stop) or a pattern (stop/sig*). Repeatable."`
	Skip        []string `placeholder:"NAME[=WHY]" sep:"none" predictor:"check" help:"Leave this check, area or pattern out. Repeatable."`
	LastFailed  bool     `help:"Judge what failed in the last run; all if nothing did."`
	FailFast    bool     `help:"End with the first failure."`
	Repeat      int      `default:"1" placeholder:"N" help:"Judge so many times; a check passes that passed each time."`
	Watch       bool     `help:"Judge again whenever a source file changes: what failed first, then the rest."`
	Thorough    bool     `env:"BGCHECK_THOROUGH" help:"Look longer: a quiet window beyond the source's own timeouts (half a minute to ten), and what goes wrong around a service (the area faults)."`
	Strict      bool     `help:"A warning is a failure."`
	TryRemedies bool     `name:"try-remedies" help:"Try changes that a program can write for what failed, on a copy, and leave those that help as patches."`
	JSON        bool     `name:"json" help:"Print events for programs, one JSON object a line."`
	Side        int      `placeholder:"N" help:"At most so many Blenders side by side. Default: as many as fit."`

	where
}

// Help stands in `bgcheck check --help`.
func (*checkWord) Help() string {
	return `An add-on without a target file is read, and what was assumed is said; "bgcheck init" writes it down.

  bgcheck check ./my_addon
  bgcheck check --check exec --check stop/sigterm
  bgcheck check ./my_addon --last-failed --watch
  bgcheck check ./my_addon --blender 3.6,4.2,4.5

Exit status: 0 all that was asked for passed, 1 a check failed, 2 interrupted, 3 could not run (no Blender, a full disk), 4 the command line or the target file is wrong.`
}

// Run judges, and says what it saw.
func (w *checkWord) Run(c *call) error {
	chosen, err := checks.Choose(w.Check...)
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
	if list := setup.Versions(settings.Blender); list != nil {
		return w.versions(c, settings, list)
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
	if err := r.hear(ctx); err != nil {
		return errors.Join(err, r.record.part.Plan(names(r.chosen)...), r.record.finish(err))
	}
	if w.Watch {
		return r.watch(ctx)
	}
	status, err := r.judge(ctx, r.chosen, nil)
	return errors.Join(err, status.ended())
}
