package checks

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// ofJobs are the targets that the checks job/* are asked of.
var ofJobs = []contract.Kind{contract.Job}

// jobRun is one run of a job, from its launch to its end.
type jobRun struct {
	life *contract.Life
	exit *harness.Exit
	// late: it still ran when its time was over, and was killed.
	late bool
	// work is its working folder on the host.
	work string
	// span is how long it worked: from the begin of its scripts to their end.
	span time.Duration
	// ended are the errors that ended a script, as Blender saw them.
	ended []explain.Event
	log   []string
}

// runJob runs the job to its end.
func runJob(ctx context.Context, s *contract.Session, tweaks contract.JobTweaks) (*jobRun, error) {
	life, err := s.StartJob(ctx, tweaks)
	if err != nil {
		return nil, err
	}
	return finishJob(ctx, s, life)
}

// finishJob waits for the end of a job that has been started.
func finishJob(ctx context.Context, s *contract.Session, life *contract.Life) (*jobRun, error) {
	exit, err := awaitEnd(ctx, s, life, s.Target().Budgets.Job)
	if exit == nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return lookBack(ctx, life, exit), nil
}

// lookBack is what is known of a run that has ended.
func lookBack(ctx context.Context, life *contract.Life, exit *harness.Exit) *jobRun {
	run := &jobRun{life: life, exit: exit, late: exit.Escalated, work: life.WorkDir(), log: life.Log().Tail(10_000)}
	for _, e := range life.Saw(ctx, "raised") {
		if e.Outer == "<module>" {
			run.ended = append(run.ended, e)
		}
	}
	return run
}

// good says whether it ended by itself with exit code 0.
func (r *jobRun) good() bool { return !r.late && r.exit.Signal == nil && r.exit.Code == 0 }

// how says how it ended.
func (r *jobRun) how(s *contract.Session) string {
	if r.late {
		return fmt.Sprintf("it still ran after %s and was killed", explain.Short(s.Target().Budgets.Job))
	}
	return explain.HowEnded(r.exit)
}

// raised names the error that ended its script: what it was, and where; "" for none.
func (r *jobRun) raised() string {
	if len(r.ended) == 0 {
		return explain.Raised(r.log)
	}
	return told(r.ended[0])
}

// told is an error with its place.
func told(e explain.Event) string {
	text := e.Type
	if message, _, _ := strings.Cut(strings.TrimSpace(e.Message), "\n"); message != "" {
		text += ": " + message
	}
	if e.Line > 0 {
		text += fmt.Sprintf(" at %s:%d", filepath.Base(e.File), e.Line)
	}
	return text
}

// cleanRun is the job as the target file says, once.
var cleanRun = contract.Fact[*jobRun]{Name: "the job's own run", Make: func(ctx context.Context, s *contract.Session) (*jobRun, error) {
	run, err := runJob(ctx, s, contract.JobTweaks{})
	if err != nil {
		return nil, err
	}
	run.span = run.exit.Took
	if began := run.life.Saw(ctx, "begin"); len(began) > 0 {
		for _, kind := range []string{"atexit", "finalize", "unregister"} { // the earliest last
			if ended := run.life.Saw(ctx, kind); len(ended) > 0 {
				run.span = time.Duration((ended[0].Time - began[0].Time) * float64(time.Second))
			}
		}
	}
	return run, nil
}}

// deeper are the checks that say what is wrong with a job's own run, in the order of
// their depth. It is filled when the program starts: they build on one another.
var deeper struct{ exitCode, pythonError, effect, frames, sideBySide contract.Check }

func init() {
	deeper.exitCode, deeper.pythonError, deeper.effect, deeper.frames = jobExitCode, jobPythonError, jobEffect, jobFrames
	deeper.sideBySide = jobSideBySide
}

// wellRun is the job's own run when that is as it must be; otherwise the result that
// says which check tells what is wrong with it.
//
// Before anything else is run, two runs are: if they spoil one another, the rest is
// run one at a time.
func wellRun(ctx context.Context, s *contract.Session) (*jobRun, *report.Result) {
	run, wrong := soundRun(ctx, s)
	if wrong == nil {
		_ = s.Verdict(ctx, deeper.sideBySide)
	}
	return run, wrong
}

// soundRun is wellRun for those two.
func soundRun(ctx context.Context, s *contract.Session) (*jobRun, *report.Result) {
	run, err := cleanRun.Of(ctx, s)
	if err != nil {
		result := contract.FromError(err)
		return nil, &result
	}
	looks := []contract.Check{deeper.exitCode, deeper.effect, deeper.frames}
	if len(run.ended) > 0 { // otherwise what a planted error shows is no fault of this run
		looks = append(looks, deeper.pythonError)
	}
	for _, check := range looks {
		wrong, ok := s.After(ctx, check, "the job itself is not well")
		if ok && (wrong.Verdict != report.Skip || strings.Contains(wrong.Diagnosis, ": see ")) {
			return run, &wrong
		}
	}
	return run, nil
}
