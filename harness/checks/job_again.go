package checks

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobAgain = contract.Check{
	Name: "job/again",
	True: "run a second time in the folder in which it has been run, the job ends well and its files are the same",
	Why:  "A farm runs a job again when a machine was lost. One that appends to what is there, counts names up or refuses its own output gives another result the second time.",
	How: "The job is run in a copy of the working folder that its first run has left. Names and contents are compared: of pictures their size and mean colours, of .blend files " +
		"the names of their data, of others the bytes. A difference in numbers alone (a time, a duration) is a warning. job.varies names what is meant to differ.",
	Fix: "Write whole files in place of what is there:\n" +
		"    os.makedirs(folder, exist_ok=True)\n" +
		"    with open(path, \"w\") as out: ...        # not \"a\"\n" +
		"and draw random numbers from a seed of the job's own.",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeAgain,
}

func judgeAgain(ctx context.Context, s *contract.Session) report.Result {
	clean, wrong := wellRun(ctx, s)
	if wrong != nil {
		return *wrong
	}
	run, err := runJob(ctx, s, contract.JobTweaks{Prepare: func(work string) error {
		if err := os.RemoveAll(work); err != nil {
			return err
		}
		return os.CopyFS(work, os.DirFS(clean.work))
	}})
	if err != nil {
		return contract.FromError(err)
	}
	if !run.good() {
		why, _ := run.complaint()
		return contract.Failed("the second time: "+run.how(s), why)
	}
	missing, err := lacks(ctx, s, run)
	if err != nil {
		return contract.FromError(err)
	}
	if len(missing) > 0 {
		return contract.Failed("the second time: "+strings.Join(missing[:min(3, len(missing))], "; "), "what the first run has left changes what the second does", missing...)
	}
	changes, err := compare(ctx, s, clean.work, run.work)
	if err != nil {
		return contract.FromError(err)
	}
	if len(changes.real) > 0 {
		return contract.Failed("the second time "+strings.Join(changes.real[:min(3, len(changes.real))], "; "), changes.why(), changes.all()...)
	}
	if len(changes.numbers) > 0 {
		return contract.Warned("the second time "+strings.Join(changes.numbers[:min(3, len(changes.numbers))], "; "),
			"only numbers differ, as times and durations do; job.varies names what is meant to", changes.all()...)
	}
	return contract.Passed(fmt.Sprintf("%d files, the same the second time", len(filesIn(clean.work))))
}

// copyTo is where a path of one working folder is in another.
func copyTo(work, name string) string { return filepath.Join(work, filepath.FromSlash(name)) }
