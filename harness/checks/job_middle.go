package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// moment is when a job is asked to end.
type moment string

// The moments.
const (
	halfTime  moment = "half-way"
	opensFile moment = "as it opened its file"
	firstFile moment = "when its first file appeared"
)

// brokenOff is a job that was asked to end in its middle.
type brokenOff struct {
	when  moment
	run   *jobRun
	again bool // it was asked a second time
}

// leastMiddle is the shortest time that a job must work for to have a middle.
const leastMiddle = 50 * time.Millisecond

// signalled is the file by which probes/bgcheck_signal.py says that it has sent the
// signal.
const signalled = "signalled"

// breakOff runs the job and asks it to end at that moment; nil when the moment did
// not come. A signal that is not heeded is sent once more, as people do who press
// Ctrl-C, where twice says so.
func breakOff(ctx context.Context, s *contract.Session, clean *jobRun, when moment, sig syscall.Signal, twice bool) (*brokenOff, error) {
	var tweaks contract.JobTweaks
	if when == opensFile {
		folder, err := scripts.Of(ctx, s)
		if err != nil {
			return nil, err
		}
		order, err := json.Marshal(map[string]any{"signal": int(sig), "names": finals(s), "mark": "{scratch}/" + signalled})
		if err != nil {
			return nil, err
		}
		tweaks.More = []harness.Option{
			harness.Addon(filepath.Join(folder, "bgcheck_signal.py"), "bgcheck_signal"),
			harness.Env("BGCHECK_SIGNAL", string(order)),
		}
	}
	life, err := s.StartJob(ctx, tweaks)
	if err != nil {
		return nil, err
	}
	came := await(ctx, s, life, clean, when)
	if ctx.Err() != nil || !came {
		return nil, context.Cause(ctx)
	}
	life.AskedToEnd()
	seen := &brokenOff{when: when}
	if twice || when == opensFile {
		budget := s.Target().Budgets.Stop
		if twice {
			budget /= 2
		}
		if when != opensFile {
			if err := life.Signal(ctx, sig); err != nil && life.Alive() {
				return nil, err
			}
		}
		ended := contract.EndsWithin(ctx, life, budget)
		seen.again = !ended && twice
	}
	exit, err := life.End(ctx, harness.StopSignal(sig))
	if exit == nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	seen.run = lookBack(ctx, life, exit)
	return seen, nil
}

// finals are the names below the working folder that the job's effect has.
func finals(s *contract.Session) []string {
	j := s.Target().Job
	names := []string{}
	for _, f := range j.Files {
		names = append(names, f.File)
	}
	if frames, err := j.Frames.List(); err == nil && j.Frames.Given() {
		names = append(names, frames...)
	}
	return names
}

// await waits for the moment, and says whether it came.
func await(ctx context.Context, s *contract.Session, life *contract.Life, clean *jobRun, when moment) bool {
	limited, cancel := context.WithTimeout(ctx, s.Target().Budgets.Job)
	defer cancel()
	switch when {
	case halfTime:
		return life.Sees(limited, "begin", s.Target().Budgets.Job) && !contract.EndsWithin(limited, life, clean.span/2) && limited.Err() == nil
	case opensFile:
		if life.Marked(limited, signalled, s.Target().Budgets.Job) {
			return true
		}
		_, err := life.ReadScratch(ctx, signalled) // it may have ended by the signal
		return err == nil
	}
	for life.Alive() {
		for _, pattern := range finals(s) {
			found, _ := filepath.Glob(filepath.Join(life.WorkDir(), filepath.FromSlash(pattern)))
			for _, name := range found {
				rel, _ := filepath.Rel(life.WorkDir(), name)
				if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && !isInput(s, filepath.ToSlash(rel)) {
					return true
				}
			}
		}
		if !contract.Pause(limited, 2*time.Millisecond) {
			return false
		}
	}
	return false
}

// judgeBreakOff asks the job to end in its middle, at each moment that there is.
func judgeBreakOff(ctx context.Context, s *contract.Session, sig syscall.Signal, twice bool) (kind string, result report.Result) {
	clean, wrong := wellRun(ctx, s)
	if wrong != nil {
		return "", *wrong
	}
	name := explain.SignalName(sig)
	moments := []moment{halfTime}
	if len(finals(s)) > 0 {
		moments = append(moments, opensFile)
		if s.Local() { // where a file is seen as soon as it is there
			moments = append(moments, firstFile)
		}
	}
	if clean.span < leastMiddle {
		return "", contract.Skipped(fmt.Sprintf("the target has no middle to be ended in: its work takes less than %s", explain.Short(leastMiddle)))
	}
	var good []string
	for _, when := range moments {
		seen, err := breakOff(ctx, s, clean, when, sig, twice)
		if err != nil {
			return "", contract.FromError(err)
		}
		if seen == nil {
			continue
		}
		kind, said, why, fix, err := seen.judge(ctx, s, clean, name)
		if err != nil {
			return "", contract.FromError(err)
		}
		if kind != "" {
			result := contract.Failed(said, why, good...)
			result.Fix = fix
			return kind, result
		}
		text := fmt.Sprintf("%s: %s", when, explain.HowEnded(seen.run.exit))
		if seen.again {
			text += fmt.Sprintf(" (the first %s did nothing)", name)
		}
		good = append(good, text)
		if when == opensFile {
			break // it is Python that writes the file
		}
	}
	if len(good) == 0 {
		return "", contract.Undecided("the job ended each time before the signal was sent")
	}
	return "", contract.Passed(strings.Join(good, "; "))
}

// judge looks at how it ended; kind is empty when that was in good order.
func (b *brokenOff) judge(ctx context.Context, s *contract.Session, clean *jobRun, name string) (kind, seen, why, fix string, err error) {
	exit := b.run.exit
	if exit.Escalated {
		kind = "ignored"
		if b.run.life.Facts(ctx).Ending() {
			kind, fix = "lingers", explain.FixThread
		}
		return kind, fmt.Sprintf("%s %s: %s later it still ran and was killed", name, b.when, explain.Short(s.Target().Budgets.Stop)),
			explain.Ignored(b.run.life.Facts(ctx), name), fix, nil
	}
	if why, ok := explain.LeftBehind(b.run.life.Facts(ctx)); ok {
		return "left", fmt.Sprintf("%s %s: %s; Blender was left running: %s", name, b.when, explain.HowEnded(exit), leftText(exit)), why, explain.FixWrapper, nil
	}
	if len(exit.Left) > 0 {
		return "left", fmt.Sprintf("%s %s: it left running: %s", name, b.when, leftText(exit)),
			"its child processes do not end with it", "End them where the job ends:\n    child = subprocess.Popen(...)\n    signal.signal(signal.SIGTERM, lambda *_: (child.terminate(), sys.exit(143)))", nil
	}
	if exit.Signal != nil && explain.IsCrash(exit.Signal) {
		why, fix := explain.CrashedAtEnd(b.run.life.Facts(ctx))
		return "crash", fmt.Sprintf("%s %s: it crashed: %s", name, b.when, explain.HowEnded(exit)), why, fix, nil
	}
	if exit.Code == 0 && exit.Signal == nil {
		missing, err := lacks(ctx, s, b.run)
		if err != nil || len(missing) == 0 {
			return "", "", "", "", err
		}
		return "zero", fmt.Sprintf("%s %s: exit code 0, and %s", name, b.when, strings.Join(missing[:min(2, len(missing))], "; ")),
			"the job breaks off its work and ends as if it were done",
			"Remember that the work was broken off, and end by it:\n    if stopped: sys.exit(130)      # 128 + the number of the signal; 143 for SIGTERM", nil
	}
	half, err := halves(ctx, s, clean, b.run)
	if err != nil || len(half) == 0 {
		return "", "", "", "", err
	}
	return "half", fmt.Sprintf("%s %s: %s", name, b.when, strings.Join(half, "; ")),
		"the file is written under its final name, and looks finished when the job is ended", fixHalf, nil
}
