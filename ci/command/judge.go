package command

import (
	"context"
	"errors"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

// judge judges the checks of the plan on a session of their own. The results are
// those of the checks, and of others that failed and so kept some of these from
// being judged. It ends early with ctx; checks that had not begun then have no
// result. The error is for what keeps all from being judged.
func judge(ctx context.Context, cfg contract.Config, plan contract.Plan) (results []report.Result, err error) {
	session, err := contract.Open(cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	return checks.Judge(ctx, session, plan), nil
}
