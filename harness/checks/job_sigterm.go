package checks

import (
	"context"
	"syscall"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobSIGTERM = contract.Check{
	Name: "job/sigterm",
	True: "SIGTERM in the middle ends the job in time: no half-written file under the final name, no process left, and exit code 0 only when all is done",
	Why:  "A farm that is over its time, a CI that is cancelled and docker stop end a job by SIGTERM. What it leaves under a final name is taken for a result.",
	How: "SIGTERM is sent to Blender alone, in one run half-way between the begin of the script and its end, and in another as soon as a file of job.files appears. " +
		"The time until the end, the processes that are left and the files in the working folder are looked at.",
	Fix:    fixHalf,
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run: func(ctx context.Context, s *contract.Session) report.Result {
		seen, err := atJobSIGTERM.Of(ctx, s)
		if err != nil {
			return contract.FromError(err)
		}
		return seen.result
	},
}

// jobStopped is how a job ended that was asked to in its middle.
type jobStopped struct {
	kind   string // of fault; "" for none
	result report.Result
}

// atJobSIGTERM is looked at by job/sigint, too: one fault is reported once.
var atJobSIGTERM = contract.Fact[jobStopped]{Name: "the job's end at SIGTERM", Make: func(ctx context.Context, s *contract.Session) (jobStopped, error) {
	kind, result := judgeBreakOff(ctx, s, syscall.SIGTERM, false)
	return jobStopped{kind, result}, nil
}}
