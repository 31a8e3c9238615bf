package command

import (
	"context"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// asking is a service that is asked for a while, and where what came of it is kept.
type asking struct {
	*call
	plan    *setup.Plan
	session *contract.Session
	folder  string
}

// ask hands the service of a target to do. What is kept of it goes into folder, below
// the report's.
func (w where) ask(c *call, given, folder string, do func(context.Context, *asking) error) error {
	settings, err := w.settings(given)
	if err != nil {
		return err
	}
	what, err := find(settings)
	if err != nil {
		return err
	}
	if kind := contract.KindOf(what.under); kind != contract.Service {
		return Wrong.because("%s has no service of its own to ask: it is taken for %s", what.under.Name, kind.Article())
	}
	if what.under.Service.Protocol == "none" {
		return Wrong.because("%s has no service to ask: its service.protocol is none", what.under.Name)
	}
	ctx, stop, err := interruptible(c)
	if err != nil {
		return err
	}
	defer stop()
	plan, err := prepare(ctx, settings, what.under)
	if err != nil {
		return err
	}
	if reason := plan.Unsupported(); reason != "" {
		return CouldNot.because("%s", reason)
	}
	folder = filepath.Join(settings.Out, folder)
	session, err := contract.Open(contract.Config{Target: plan.Target, Backend: plan.Backend, Out: filepath.Join(folder, "lives")})
	if err != nil {
		return CouldNot.as(err)
	}
	defer func() { _ = session.Close() }()
	return do(ctx, &asking{c, plan, session, folder})
}
