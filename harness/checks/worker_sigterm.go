package checks

import (
	"context"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var workerSIGTERM = contract.Check{
	Name: "worker/sigterm",
	True: "SIGTERM while it does a job ends it in the same way as between two jobs",
	Why: "A farm takes its machines away when they are busy. What catches the job's errors catches the handler's SystemExit as well, " +
		"and a loop that looks at its flag between jobs alone is killed in the middle of a long one.",
	How: "The long job of the target file is given; SIGTERM is sent 0.2 s after it has been taken, and the end judged as stop/sigterm. Between two jobs stop/sigterm asks.",
	Fix: "Let the handler set a flag that the job's own loop looks at, or raise something that `except Exception` does not catch:\n" +
		"    def on_signal(number, frame):\n" +
		"        stopping.set()\n" +
		"        raise SystemExit(0)     # and no bare except around a job",
	For:  ofWorkers,
	Asks: contract.OwnLives,
	Run:  judgeWorkerSIGTERM,
}

// inJob is how long after a job was taken the signal comes.
const inJob = 200 * time.Millisecond

func judgeWorkerSIGTERM(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM between two jobs does not end it cleanly"); stop {
		return result
	}
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	w := s.Target().Worker
	job, err := life.GiveJob(w.Long)
	if err != nil {
		return contract.FromError(err)
	}
	limited, cancel := context.WithTimeout(ctx, w.Within)
	defer cancel()
	if w.Folder == nil {
		err = life.Side().Taken(limited, job)
	}
	if err != nil {
		return unfinished(ctx, s, life, "given a long job,", err, "it takes no further job")
	}
	if contract.EndsWithin(ctx, life, inJob) {
		return life.Died(ctx, "given a long job, it ended")
	}
	during := len(life.Side().Results(job)) == 0
	exit, err := life.End(ctx)
	if exit == nil {
		return contract.FromError(err)
	}
	end := judgeEnd(ctx, s, life, exit, "SIGTERM in the middle of a job")
	if end.fault == "ignored" && during {
		end.diagnosis = "between two jobs it ends at SIGTERM, and in the middle of one it does not: the job goes on to its end, or what catches its errors catches the end as well"
	}
	result := end.result(s)
	if !during {
		result.Evidence = append(result.Evidence, "the job was done before the signal came: name one that takes a second or more (worker.long_job)")
	}
	return result
}
