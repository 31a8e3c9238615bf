package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// event is what judging tells while it goes on: a check has begun, or is done.
type event struct {
	check contract.Check
	// result of a check that is done; nil: it has begun.
	result *report.Result
}

// judge judges the checks, at most side at the same time (0: as many as fit),
// and calls notify, from one goroutine at a time, as they begin and are done.
// The results are those of the checks, and of others that failed and so kept
// some of these from being judged. It ends early with ctx; checks that had not
// begun then have no result. The error is for what keeps all from being judged.
func judge(ctx context.Context, cfg contract.Config, checks []contract.Check, side int, notify func(event)) (results []report.Result, err error) {
	_ = side // one after the other
	j := &judging{cfg: cfg}
	defer func() { err = errors.Join(err, j.close()) }()
	known := map[string]bool{}
	for _, check := range checks {
		known[check.Name] = true
	}
	for _, check := range checks {
		if ctx.Err() != nil {
			break
		}
		notify(event{check: check})
		result, err := j.one(ctx, check)
		if err != nil {
			return results, err
		}
		results = append(results, result)
		notify(event{check: check, result: &result})
		// What kept it from being judged was judged for its sake, and is told when it failed.
		cause, found := contract.Find(result.Blames())
		if !found || known[cause.Name] || ctx.Err() != nil {
			continue
		}
		known[cause.Name] = true
		if result, err := j.one(ctx, cause); err != nil {
			return results, err
		} else if result.Verdict == report.Fail || result.Verdict == report.Inconclusive {
			results = append(results, result)
			notify(event{check: cause, result: &result})
		}
	}
	return results, nil
}

// judging is a session that is opened when it is needed, and given up for a new
// one when a check does not come to its end.
type judging struct {
	cfg     contract.Config
	session *contract.Session
}

// stuck is how long a check may go on after its time is over.
const stuck = 20 * time.Second

// one judges one check. It returns within the check's time and a grace, also
// when the check does not.
func (j *judging) one(ctx context.Context, check contract.Check) (report.Result, error) {
	if j.session == nil {
		session, err := contract.Open(j.cfg)
		if err != nil {
			return report.Result{}, err
		}
		j.session = session
	}
	ctx, cancel := context.WithTimeout(ctx, limit(j.cfg.Target))
	defer cancel()
	session, started := j.session, time.Now()
	judged := make(chan report.Result, 1)
	go func() { judged <- session.Run(ctx, check) }()
	select {
	case result := <-judged:
		return result, nil
	case <-ctx.Done():
	}
	select {
	case result := <-judged:
		return result, nil
	case <-time.After(stuck):
	}
	j.session = nil
	go func() { _ = session.Close() }()
	return report.Result{
		Name: check.Name, Verdict: report.Inconclusive, Seconds: time.Since(started).Seconds(), Expected: check.True,
		Seen:      "the check itself did not end",
		Diagnosis: fmt.Sprintf("the check did not end when it was told to (%v), and was given up", context.Cause(ctx)),
	}, nil
}

func (j *judging) close() error {
	if j.session == nil {
		return nil
	}
	return j.session.Close()
}

// limit is the time a check may take: a safety net, far above what the budgets
// of the target add up to.
func limit(t *target.Target) time.Duration {
	b := t.Budgets
	return 2*time.Minute + time.Duration(4+len(t.Config))*(b.Ready+b.Stop) + 3*b.Quiet
}
