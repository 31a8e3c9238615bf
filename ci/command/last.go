package command

import (
	"slices"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

// failedIn are those of the checks that did not pass in a report; nil is none.
func failedIn(last *report.Report, checks []contract.Check) []contract.Check {
	if last == nil {
		return nil
	}
	return failed(last.Checks, checks)
}

// failed are those of the checks that failed, or were inconclusive.
func failed(results []report.Result, checks []contract.Check) []contract.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(check contract.Check) bool {
		return !slices.ContainsFunc(results, func(r report.Result) bool {
			return r.Name == check.Name && (r.Verdict == report.Fail || r.Verdict == report.Inconclusive)
		})
	})
}

func secondsIn(last *report.Report) took {
	before := took{each: map[string]float64{}}
	if last != nil {
		before.all = last.Seconds
		for _, result := range last.Checks {
			before.each[result.Name] = result.Seconds
		}
	}
	return before
}
