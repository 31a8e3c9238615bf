package checks

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobExitCode = contract.Check{
	Name: "job/exit-code",
	True: "the job ends by itself, within its time, with exit code 0 and no process left",
	Why:  "The exit code is all that make, a CI or a render farm looks at: a job that is done and ends with another is done again, or is taken for a failure.",
	How:  "The job is run once as the target file says, in an empty working folder, with nothing to read on standard input.",
	Fix: "Let the script return, or end it by sys.exit(0); end threads and child processes before. Time that it needs and is not given: budgets: {job: 10m}.\n" +
		"A crash at the end that needs no repair of the job: import multiprocessing in a --python FILE crashes Blender 3.4 at a normal end; sys.exit(0) avoids that.",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeExitCode,
}

func judgeExitCode(ctx context.Context, s *contract.Session) report.Result {
	run, err := cleanRun.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	switch {
	case run.late:
		facts := run.life.Facts(ctx)
		if facts.Ending() {
			return contract.Failed(run.how(s), explain.Ignored(facts, "its own end"))
		}
		cause := "it does not end by itself"
		if at := explain.At(facts); at != "" {
			cause += ": the main thread is in " + at
		}
		return contract.Failed(run.how(s), cause+"; the last line of its output: "+lastLine(run.log))
	case run.exit.Signal != nil && explain.IsCrash(run.exit.Signal):
		why, fix := explain.CrashedAtEnd(run.life.Facts(ctx))
		result := contract.Failed("it crashed: "+run.how(s), why)
		result.Fix = fix
		return result
	case !run.good():
		why, fix := run.complaint()
		result := contract.Failed(run.how(s), why)
		result.Fix = fix
		return result
	case len(run.exit.Left) > 0:
		return contract.Failed("it left running: "+leftText(run.exit), "it starts processes and does not wait for their end")
	}
	return contract.Passed(fmt.Sprintf("exit code 0 after %s", explain.Short(run.exit.Took)))
}

// errorLine is a line in which Blender, or the job, says that something went wrong.
var errorLine = regexp.MustCompile(`(?i)^\s*(error|fatal)\b|\berror: `)

// complaint is what a run that did not end well said of it, and what helps; an empty
// remedy is the check's own.
func (r *jobRun) complaint() (why, fix string) {
	if raised := r.raised(); raised != "" {
		return "it raised " + raised, "Repair what raised it. That the exit code tells of it is right: the job was run as the target file says, and its work was not done."
	}
	for _, line := range slices.Backward(r.log) {
		if errorLine.MatchString(line) {
			return "its output says: " + strings.TrimSpace(line), "Repair what that line names. Where this Blender or this machine lacks it (a file, a part that the build is without, " +
				"a graphics card), run the job where it is there, or have it do without."
		}
	}
	return "the last line of its output: " + lastLine(r.log), ""
}

// lastLine is the last line of an output that says something.
func lastLine(log []string) string {
	for i := len(log) - 1; i >= 0; i-- {
		if line := log[i]; line != "" && line != "Blender quit" {
			return line
		}
	}
	return "(none)"
}
