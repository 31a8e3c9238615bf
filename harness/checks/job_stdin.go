package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobStdin = contract.Check{
	Name: "job/stdin",
	True: "the job ends well whatever standard input is: at its end, closed, or open and silent",
	Why:  "cron gives /dev/null, some daemons close it, ssh and many CIs keep it open and never write: what reads there waits for ever.",
	How:  "The job is run with each of the three; it must end with 0, with the whole effect.",
	Fix: "Read nothing from standard input in a job: take arguments behind \"--\", or a file.\n" +
		"    subprocess.run(command, stdin=subprocess.DEVNULL)   # a child inherits it, and may read it",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeJobStdin,
}

func judgeJobStdin(ctx context.Context, s *contract.Session) report.Result {
	clean, wrong := wellRun(ctx, s)
	if wrong != nil {
		return *wrong
	}
	good := []string{"at its end: " + clean.how(s)}
	for _, in := range []struct {
		kind harness.Input
		says string
	}{{harness.InputSilent, "open and silent"}, {harness.InputClosed, "closed"}} {
		run, err := runJob(ctx, s, contract.JobTweaks{Stdin: in.kind})
		if err != nil {
			return contract.FromError(err)
		}
		fault, err := besides(ctx, s, clean, run)
		if err != nil {
			return contract.FromError(err)
		}
		if fault == "" {
			good = append(good, fmt.Sprintf("%s: exit code 0 after %s", in.says, explain.Short(run.exit.Took)))
			continue
		}
		diagnosis := "with standard input at its end it ends well"
		if run.late {
			diagnosis = "it waits for input that nobody gives"
			if at := explain.At(run.life.Facts(ctx)); at != "" {
				diagnosis += ": the main thread is in " + at
			} else {
				diagnosis += s.Source().Perhaps("stdin")
			}
		}
		return contract.Failed(fmt.Sprintf("with standard input %s: %s", in.says, fault), diagnosis, good...)
	}
	return contract.Passed(strings.Join(good, "; "))
}
