package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// ofWorkers are the targets that the checks worker/* are asked of.
var ofWorkers = []contract.Kind{contract.Worker}

// unfinished is the failure of a check under which a job did not come to a result: the
// worker has ended, or does nothing.
func unfinished(ctx context.Context, s *contract.Session, life *contract.Life, when string, err error, otherwise string) report.Result {
	switch {
	case ctx.Err() != nil:
		return contract.FromError(ctx.Err())
	case s.Ended(ctx, life):
		return life.Died(ctx, when+" it ended")
	}
	if trace := explain.Raised(life.Log().Tail(200)); trace != "" {
		otherwise += "; the log has an uncaught exception: " + trace
	}
	return life.Deaf(ctx, fmt.Sprintf("%s %v", when, err), otherwise)
}
