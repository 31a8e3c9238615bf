package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// Passed is the result of a check that saw its statement to be true.
func Passed(seen string, evidence ...string) report.Result {
	return report.Result{Verdict: report.Pass, Seen: seen, Evidence: evidence}
}

// Failed is the result of a check that saw its statement to be false. The
// diagnosis names the cause; the check's general fix is added by Run when the
// result has none.
func Failed(seen, diagnosis string, evidence ...string) report.Result {
	return report.Result{Verdict: report.Fail, Seen: seen, Diagnosis: diagnosis, Evidence: evidence}
}

// Skipped is the result of a check that was not tried, with the reason.
func Skipped(reason string) report.Result {
	return report.Result{Verdict: report.Skip, Seen: "not tried", Diagnosis: reason}
}

// Undecided is the result of a check that was tried and cannot be judged, with
// the reason.
func Undecided(reason string, evidence ...string) report.Result {
	return report.Result{Verdict: report.Inconclusive, Seen: "not judged", Diagnosis: reason, Evidence: evidence}
}

// FaultError is a fault of the target that another check judges: Shared and
// Launch return it, and FromError turns it into a skip that names that check.
type FaultError struct {
	// Check that fails for it, e.g. "start/ready".
	Check string
	// Seen and Diagnosis as that check will report them, and Fix where it is not
	// the check's own.
	Seen, Diagnosis, Fix string
	// Evidence and Command of the launch that showed it.
	Evidence []string
	Command  string

	enabled []event // what the witness saw of the add-on at that launch
}

func (e *FaultError) Error() string { return fmt.Sprintf("%s (%s)", e.short(), e.Seen) }

// short leaves what was seen to the check that reports it.
func (e *FaultError) short() string {
	fault := map[string]string{
		"start/ready": "never became ready",
		"alive/stays": "does not stay alive and answering",
		"alive/scene": "a process whose scene is gone",
	}[e.Check]
	return fault + ": see " + e.Check
}

// FromError turns an error of Shared, Launch or a life into a result: a fault
// that another check judges is a skip, everything else inconclusive.
func FromError(err error) report.Result {
	var fault *FaultError
	if errors.As(err, &fault) {
		return Skipped(fault.short())
	}
	switch {
	case errors.Is(err, harness.ErrMachine):
		return Undecided(firstLine(err))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Undecided("the run was ended before this check was done: " + firstLine(err))
	}
	return Undecided(firstLine(err), strings.Split(err.Error(), "\n")[1:]...)
}

// interrupted makes an inconclusive result of a failure that was seen while
// the run was being ended from outside.
func interrupted(result report.Result) report.Result {
	result.Verdict = report.Inconclusive
	result.Diagnosis = "the run was ended before this check was done; so far: " + result.Diagnosis
	return result
}

// complete fills what every result carries: what was expected, the fix, the
// command, and for a failure the exit and the end of the log.
func (s *Session) complete(check Check, result *report.Result) {
	if result.Expected == "" {
		result.Expected = check.True
	}
	if result.Verdict == report.Fail && result.Fix == "" {
		result.Fix = s.generalFix(check)
	}
	s.mu.Lock()
	used := append([]*Life(nil), s.used...)
	s.mu.Unlock()
	if len(used) == 0 {
		return
	}
	last := used[len(used)-1]
	if result.Command == "" {
		result.Command = last.Command()
	}
	if result.Verdict != report.Fail && result.Verdict != report.Inconclusive {
		return
	}
	if strings.HasPrefix(check.Name, "source/") && result.Verdict == report.Fail {
		return // the lines are the evidence, not the Blender that read them
	}
	for _, life := range slices.Backward(used) { // the one that was judged last tells most
		// A fault found at the launch brings its evidence along.
		if lines := life.evidence(); !slices.Contains(result.Evidence, lines[len(lines)-1]) {
			result.Evidence = append(result.Evidence, lines...)
		}
	}
}

// evidence is how the life ended, the end of its log, and where the rest is.
func (l *Life) evidence() []string {
	var lines []string
	if exit := l.Exit(); exit != nil {
		lines = append(lines, "exit: "+endOf(exit))
		if exit.CrashFile != "" {
			lines = append(lines, "crash file: "+exit.CrashFile)
		}
		for _, proc := range exit.Left {
			lines = append(lines, fmt.Sprintf("left running: %d %s %s", proc.PID, proc.Name, proc.Command))
		}
	} else {
		lines = append(lines, "exit: none, it runs")
	}
	for _, line := range l.Log().Tail(20) {
		lines = append(lines, "log: "+line)
	}
	if path := l.Log().Path(); path != "" && !l.session.temporary() {
		lines = append(lines, "whole log: "+path)
	}
	return lines
}

// endOf says in words how a process ended.
func endOf(exit *harness.Exit) string {
	var how string
	switch {
	case exit.OOM:
		how = "ended by the kernel for want of memory"
	case exit.Signal != nil:
		how = fmt.Sprintf("ended by signal %s", signalName(exit.Signal))
	default:
		how = fmt.Sprintf("exit code %d", exit.Code)
	}
	since := "after its launch"
	if exit.Asked {
		since = "after it was asked to end"
	}
	how += fmt.Sprintf(", %s %s", short(exit.Took), since)
	if exit.Escalated {
		how += " (killed by the harness: it did not heed the request)"
	}
	return how
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// short writes a duration with three figures at most.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
