package checks

import (
	"context"
	"slices"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

func anyError(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// needsClients returns what to report when clients at the same time disturb
// one another, so that nothing can be measured with them.
func needsClients(ctx context.Context, s *contract.Session) (report.Result, bool) {
	if s.Target().Echo == nil {
		return report.Result{}, false
	}
	return s.After(ctx, echoConcurrent, "clients at once do not each get their answer")
}

// needsExec returns what to report when exec itself is not usable.
func needsExec(ctx context.Context, s *contract.Session) (report.Result, bool) {
	if result, stop := s.After(ctx, execTakesEffect, "exec has no effect"); stop {
		return result, true
	}
	return s.After(ctx, execMainThread, "exec does not run on the main thread")
}

// lifeForExec is the shared life, where exec is usable and what else is needed is;
// else what to report.
func lifeForExec(ctx context.Context, s *contract.Session, needs ...func(context.Context, *contract.Session) (report.Result, bool)) (*contract.Life, report.Result, bool) {
	for _, need := range append([]func(context.Context, *contract.Session) (report.Result, bool){needsExec}, needs...) {
		if result, stop := need(ctx, s); stop {
			return nil, result, true
		}
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return nil, contract.FromError(err), true
	}
	return life, report.Result{}, false
}
