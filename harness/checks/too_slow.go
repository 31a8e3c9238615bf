package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// tooSlow skips a check that a service cannot be asked whose requests take longer than
// the budget. One slow request in the past may be the machine's: it is asked once more.
func tooSlow(ctx context.Context, s *contract.Session, life *contract.Life) (report.Result, bool) {
	budget := s.Target().Budgets.Latency
	if s.Usual() <= budget {
		return report.Result{}, false
	}
	began, hunger := time.Now(), life.Hunger()
	err := life.Ask(ctx)
	took := time.Since(began)
	if ctx.Err() != nil {
		return contract.FromError(ctx.Err()), true
	}
	if err == nil && took <= budget {
		return report.Result{}, false
	}
	if hunger.Starved() != nil {
		return contract.Undecided(fmt.Sprintf("a request took %s, and the machine was too busy to judge that", explain.Short(took))), true
	}
	return contract.Skipped(fmt.Sprintf("each request takes %s, over the budget: see idle/responsive", explain.Short(max(took, s.Usual())))), true
}
