package main

import (
	"context"
	"fmt"
	"os"
	"time"

	_ "github.com/bgcheck/bgcheck/harness/container" // registers -backend=container
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// doctor says in one line each what keeps the suites from running. When
// BGCHECK_RUN names the run, it begins it, so that the report of an older run
// cannot be taken for this one's.
func doctor(c *call) int {
	flags := setup.AddFlags(c.flags)
	if code, ok := c.parse(); !ok {
		return code
	}
	if c.flags.NArg() > 0 {
		return c.unexpected()
	}
	var wrong []string
	settings, err := flags.Resolve(".")
	wrong = append(wrong, setup.Lines(err)...)
	if err := writable(settings.Out); err != nil {
		wrong = append(wrong, err.Error())
	}
	plan := &setup.Plan{Settings: settings}
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		plan, err = setup.Prepare(ctx, settings)
		wrong = append(wrong, setup.Lines(err)...)
	}
	if reason := plan.Unsupported(); reason != "" {
		wrong = append(wrong, reason)
	}
	if len(wrong) > 0 {
		return c.fail(wrong...)
	}
	where := plan.Info.Path
	if plan.Info.Image != "" {
		where = plan.Info.Image
	}
	fmt.Fprintf(c.out, "target:  %s (%s)\nblender: %s (%s, %s)\nreport:  %s\n",
		plan.Target.Name, settings.Show(settings.Target), plan.Info.Version, where, settings.Backend, settings.Show(settings.Out))
	return 0
}

// writable tries to write below out. Where BGCHECK_RUN is not set it leaves
// nothing behind.
func writable(out string) error {
	const remedy = "; name another by -out or BGCHECK_OUT"
	if os.Getenv("BGCHECK_RUN") != "" {
		if _, err := report.Begin(out, report.RunID()); err != nil {
			return fmt.Errorf("%w%s", err, remedy)
		}
		return nil
	}
	if _, err := os.Stat(out); os.IsNotExist(err) {
		defer os.Remove(out) // stays when something else came into it
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("write to the out folder: %w%s", err, remedy)
	}
	f, err := os.CreateTemp(out, ".doctor-*")
	if err != nil {
		return fmt.Errorf("write to the out folder: %w%s", err, remedy)
	}
	f.Close()
	return os.Remove(f.Name())
}
