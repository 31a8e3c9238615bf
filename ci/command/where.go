package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/bgcheck/bgcheck/harness/spec/setup"
	"github.com/bgcheck/bgcheck/harness/target"
)

// where are the flags that say on which Blender, and where the report goes.
type where struct {
	Backend string `placeholder:"NAME" predictor:"backend" help:"Where Blender runs: local (default), window, container or attach."`
	Blender string `placeholder:"PATH" predictor:"file" help:"The Blender to run, default: blender in PATH; or a version, such as 4.5: from the cache, else fetched (for containers, an image's). check takes several: 3.6,4.2,4.5."`
	Address string `placeholder:"HOST:PORT" help:"Of a service that already runs (attach)."`
	PID     int    `name:"pid" placeholder:"PID" help:"Its process, where that is on this machine."`
	Out     string `placeholder:"FOLDER" predictor:"file" help:"Where the report goes, default: out."`
}

// settings resolves the flags, the environment and the defaults. Only what was
// given wrongly is an error; that there is no target is not.
func (w where) settings(given string) (setup.Settings, error) {
	flags := setup.Flags{Target: given, Out: w.Out, Backend: w.Backend, Blender: w.Blender, Address: w.Address}
	if w.PID != 0 {
		flags.PID = strconv.Itoa(w.PID)
	}
	settings, err := flags.Resolve(".")
	if errors.Is(err, setup.ErrNoTarget) {
		return settings, nil
	}
	return settings, Wrong.as(err)
}

// prepare finds the Blender for a target that is known.
func prepare(ctx context.Context, settings setup.Settings, under *target.Target) (*setup.Plan, error) {
	plan := &setup.Plan{Settings: settings, Target: settings.Adapt(under)}
	err := plan.Settings.Fetch(ctx, os.Stderr)
	if ctx.Err() != nil {
		return plan, Interrupted.because("%w", context.Cause(ctx))
	}
	if err != nil {
		return plan, CouldNot.as(err)
	}
	if plan.Backend, err = setup.NewBackend(plan.Settings); err != nil {
		return plan, Wrong.as(err)
	}
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if plan.Info, err = plan.Backend.Info(within); err != nil {
		if ctx.Err() != nil {
			return plan, Interrupted.because("%w", context.Cause(ctx))
		}
		return plan, CouldNot.as(err)
	}
	return plan, nil
}

// blender is the Blender of the plan in words.
func blender(plan *setup.Plan) string {
	where := plan.Info.Path
	if plan.Info.Image != "" {
		where = plan.Info.Image
	}
	if where == "" {
		return fmt.Sprintf("Blender %s (%s)", plan.Info.Version, plan.Settings.Backend)
	}
	return fmt.Sprintf("Blender %s (%s, %s)", plan.Info.Version, where, plan.Settings.Backend)
}
