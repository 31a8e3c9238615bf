package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

type doctorWord struct {
	What string `arg:"" optional:"" name:"addon-or-target" predictor:"file" help:"As for check."`

	where
}

// Run says in one line each what keeps checks from running. When BGCHECK_RUN
// names the run, it begins it, so that the report of an older run cannot be taken
// for this one's.
func (w *doctorWord) Run(c *call) error {
	settings, err := w.settings(w.What)
	if err != nil {
		return err
	}
	what, wrong := find(settings)
	if wrong != nil {
		what = &found{under: &target.Target{}}
	}
	if err := writable(settings.Out); err != nil {
		wrong = errors.Join(wrong, CouldNot.as(err))
	}
	plan, err := prepare(context.Background(), settings, what.under)
	if err != nil {
		wrong = errors.Join(wrong, err)
	}
	if reason := plan.Unsupported(); reason != "" {
		wrong = errors.Join(wrong, CouldNot.because("%s", reason))
	}
	if wrong != nil {
		return wrong
	}
	fmt.Fprintf(c.out, "target:  %s (%s)\nblender: %s\nreport:  %s\n",
		plan.Target.Name, settings.Show(settings.Target), blender(plan), settings.Show(settings.Out))
	return nil
}

// writable tries to write below out. Where BGCHECK_RUN is not set it leaves
// nothing behind.
func writable(out string) error {
	const remedy = "; name another by --out or BGCHECK_OUT"
	if os.Getenv("BGCHECK_RUN") != "" {
		if _, err := report.Begin(out, report.RunID()); err != nil {
			return fmt.Errorf("%w%s", err, remedy)
		}
		return nil
	}
	if _, err := os.Stat(out); os.IsNotExist(err) {
		defer os.Remove(out) // stays when something else came into it
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return fmt.Errorf("write to the out folder: %w%s", err, remedy)
	}
	f, err := os.CreateTemp(out, ".doctor-*")
	if err != nil {
		return fmt.Errorf("write to the out folder: %w%s", err, remedy)
	}
	f.Close()
	return os.Remove(f.Name())
}
