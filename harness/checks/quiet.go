package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// quietWindow gives the observation to an idle check, or what to report instead.
func quietWindow(ctx context.Context, s *contract.Session) (contract.Window, *report.Result) {
	seen, err := s.Observe(ctx)
	var result report.Result
	switch {
	case err != nil:
		result = contract.FromError(err)
	case seen.Exit != nil:
		result = contract.Skipped(fmt.Sprintf("it ended in the quiet window: see alive/stays (%s)", explain.HowEnded(seen.Exit)))
	case seen.FirstErr != nil:
		result = contract.Skipped(fmt.Sprintf("it did not answer after the quiet window: see alive/stays (%s)", explain.FirstLine(seen.FirstErr)))
	default:
		return seen, nil
	}
	return seen, &result
}

// measuredWindow is quietWindow for a check that needs its measurements.
func measuredWindow(ctx context.Context, s *contract.Session) (contract.Window, *report.Result) {
	seen, instead := quietWindow(ctx, s)
	if instead == nil && seen.Unmeasured != nil {
		result := contract.Undecided("cannot measure the process: " + explain.FirstLine(seen.Unmeasured))
		instead = &result
	}
	return seen, instead
}
