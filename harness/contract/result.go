package contract

import (
	"fmt"
	"slices"

	"github.com/bgcheck/bgcheck/harness/explain"
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

// Because is Failed for a cause that was found by its rule.
func Because(seen string, cause explain.Cause, evidence ...string) report.Result {
	result := Failed(seen, cause.Text, evidence...)
	result.Cause, result.Fix = cause.Name, cause.Fix
	return result
}

// Warned is the result of a check that read a line which often goes wrong, or saw
// something harmless. It fails no run, unless that is strict.
func Warned(seen, diagnosis string, evidence ...string) report.Result {
	return report.Result{Verdict: report.Warn, Seen: seen, Diagnosis: diagnosis, Evidence: evidence}
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

// interrupted makes an inconclusive result of a failure that was seen while
// the run was being ended from outside.
func interrupted(result report.Result) report.Result {
	result.Verdict = report.Inconclusive
	result.Diagnosis = "the run was ended before this check was done; so far: " + result.Diagnosis
	return result
}

// complete adds the fix, the command, and for a failure the exit and the end of the log.
func (s *Session) complete(check Check, result *report.Result) {
	if (result.Verdict == report.Fail || result.Verdict == report.Warn) && result.Fix == "" {
		result.Fix = generalFix(check, s.Source())
		if s.hosted && check.FixHosted != "" {
			result.Fix = check.FixHosted
		}
	}
	used := s.used
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
	for i, life := range slices.Backward(used) { // the one that was judged last tells most
		lines := life.evidence()
		if slices.Contains(result.Evidence, lines[len(lines)-1]) {
			continue // a fault found at the launch brings its evidence along
		}
		if len(used) > 1 {
			result.Evidence = append(result.Evidence, fmt.Sprintf("of Blender %d of %d that were asked (%s):", i+1, len(used), life.ID()))
		}
		result.Evidence = append(result.Evidence, lines...)
	}
}
