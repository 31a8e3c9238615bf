package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var workerReportsFailure = contract.Check{
	Name: "worker/reports-failure",
	True: "a job that raises is reported as failed, and the next one is done",
	Why:  "A job that never comes back holds a place in the queue until somebody looks; one that is reported as done is worse.",
	How:  "The failing job of the target file is given, then a good one.",
	Fix: "Catch what a job raises around the whole of it, hand in the failure, and go on:\n" +
		"    try:\n" +
		"        result = {\"status\": \"done\", \"output\": run(job)}\n" +
		"    except Exception:\n" +
		"        result = {\"status\": \"failed\", \"error\": traceback.format_exc()}\n" +
		"    report(job, result)",
	For:  ofWorkers,
	Asks: contract.OwnLives,
	Run:  judgeReportsFailure,
}

func judgeReportsFailure(ctx context.Context, s *contract.Session) report.Result {
	w := s.Target().Worker
	if w.Failing == "" {
		return contract.Skipped("the target file names no job that raises: worker.failing_job")
	}
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	result, err := life.DoJob(ctx, w.Failing)
	switch {
	case err != nil:
		return unfinished(ctx, s, life, "given a job that raises,", err, "what a job raises is printed or swallowed, and no result is handed in")
	case !result.Failed:
		return contract.Failed("a job that raises was reported as done: "+contract.Excerpt([]byte(result.Text)), "the error is swallowed, and the result does not say so")
	}
	next, err := life.DoJob(ctx, w.Job)
	switch {
	case err != nil:
		return unfinished(ctx, s, life, "given a good job after one that raised,", err, "the error has ended what asks for work")
	case next.Failed:
		return contract.Failed("a good job after one that raised came back as failed: "+contract.Excerpt([]byte(next.Text)), "the job that raised has left something behind that the next one meets")
	}
	return contract.Passed("reported as failed, and the next job was done", "of the job that raises: "+contract.Excerpt([]byte(result.Text)))
}
