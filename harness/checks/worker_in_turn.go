package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/otherside"
	"github.com/bgcheck/bgcheck/harness/report"
)

var workerInTurn = contract.Check{
	Name: "worker/in-turn",
	True: "of jobs that wait together each is done, and reported once as itself",
	Why:  "Work comes in bursts. A worker with one place for the job at hand loses one, or reports one under the name of another.",
	How:  "Three jobs are given at the same moment. Each must be taken and reported once.",
	Fix: "Ask for the next job when the last one has been reported, or keep taken jobs in a queue:\n" +
		"    work = queue.Queue()   # not one variable, which the next job overwrites",
	For: ofWorkers,
	Run: judgeInTurn,
}

func judgeInTurn(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	var jobs []*otherside.Job
	for range 3 {
		job, err := life.GiveJob(s.Target().Worker.Job)
		if err != nil {
			return contract.FromError(err)
		}
		jobs = append(jobs, job)
	}
	within := s.Target().Worker.Within
	for i, job := range jobs {
		limited, cancel := context.WithTimeout(ctx, within)
		result, err := life.JobResult(limited, job)
		cancel()
		switch which := fmt.Sprintf("job %d of %d that waited together", i+1, len(jobs)); {
		case err != nil && life.Alive() && ctx.Err() == nil && life.Side().TakenAt(job).IsZero():
			return unfinished(ctx, s, life, which, fmt.Errorf("was not taken within %s", explain.Short(within)), "it takes no further job")
		case err != nil:
			return unfinished(ctx, s, life, which, fmt.Errorf("was taken, and no result came within %s", explain.Short(within)),
				"a job that came before the last one was done is lost, or reported under another's name")
		case result.Failed:
			return contract.Failed(which+" came back as failed: "+contract.Excerpt([]byte(result.Text)), "alone it is done, and behind another it fails")
		}
	}
	for i, job := range jobs {
		if results := life.Side().Results(job); len(results) > 1 {
			return contract.Failed(fmt.Sprintf("job %d of %d was reported %d times", i+1, len(jobs), len(results)),
				"one job's result is handed in again, or under the name of another", "then: "+contract.Excerpt([]byte(results[1].Text)))
		}
	}
	return contract.Passed(fmt.Sprintf("%d jobs that waited together: each reported once", len(jobs)))
}
