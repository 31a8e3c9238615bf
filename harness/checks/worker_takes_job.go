package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var workerTakesJob = contract.Check{
	Name: "worker/takes-job",
	True: "a job given is taken, done and reported, within its time",
	Why:  "A worker that runs and does nothing looks well from outside, and the queue grows.",
	How: "bgcheck plays the other side: it answers the worker's requests, puts files into its folder, or speaks over its connection. " +
		"It gives the job of the target file, and waits for a result that worker.done matches.",
	Fix:    "Hand in a result for every job that was taken, whatever comes of it, and print what keeps a job from being done.",
	For:    ofWorkers,
	OfLife: true,
	Run:    judgeTakesJob,
}

func judgeTakesJob(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if result, ok := contract.OwnFault(err, "worker/takes-job"); ok {
		return result
	}
	if err != nil {
		return contract.FromError(err)
	}
	result, err := life.DoJob(ctx, s.Target().Worker.Job)
	switch {
	case err != nil:
		return unfinished(ctx, s, life, "given a job,", err, "it did its first job, and not this one")
	case result.Failed:
		return contract.Failed("a job that it can do came back as failed: "+contract.Excerpt([]byte(result.Text)), "its first job was done, and the same again was not")
	}
	passed := contract.Passed("taken, done and reported")
	passed.Expected = fmt.Sprintf("a job given is taken, done and reported within %s", explain.Short(s.Target().Worker.Within))
	return passed
}
