package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Exit statuses of a run, as people know them from pytest. A mistake on the
// command line or in the target file is 4; no report tells of that.
const (
	StatusGood        = 0
	StatusFailed      = 1
	StatusInterrupted = 2
	StatusCannotRun   = 3
	StatusMistake     = 4
)

// Status is the exit status that a run deserves: StatusGood when Err is nil,
// StatusInterrupted when a signal ended it, StatusFailed when a check failed or
// is inconclusive, else StatusCannotRun: something was to be judged and was not.
func Status(r *Report) int {
	switch {
	case r.Err() == nil:
		return StatusGood
	case r.Interrupted:
		return StatusInterrupted
	case r.Count(Fail)+r.Count(Inconclusive) > 0:
		return StatusFailed
	}
	return StatusCannotRun
}

// Err is nil when the run can be called good: what was planned was judged, some
// check was not skipped, all suites ended, and no check failed or was
// inconclusive. Otherwise it says why not.
func (r *Report) Err() error {
	var why []string
	add := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	if n := r.Count(Fail); n > 0 {
		add("%d failed", n)
	}
	if n := r.Count(Inconclusive); n > 0 {
		add("%d inconclusive", n)
	}
	if r.Interrupted {
		add("interrupted")
	}
	if len(r.Problems) > 0 {
		add("%s", r.Problems[0])
	}
	if len(r.Unfinished) > 0 {
		add("not finished: %s", strings.Join(r.Unfinished, ", "))
	}
	if n := len(r.NotJudged); n > 0 {
		add("not judged: %s", some(r.NotJudged, 3))
	}
	if len(why) == 0 && len(r.Checks) == 0 {
		add("no check was run")
	}
	if n := r.Count(Skip); len(why) == 0 && n == len(r.Checks) {
		add("no check was run: all %d were skipped", n)
	}
	if open := r.Blamed(); len(why) == 0 && len(open) > 0 {
		add("skipped because of %s, which was not judged", some(open, 3))
	}
	if len(why) == 0 {
		return nil
	}
	return errors.New(strings.Join(why, "; "))
}

// Blamed names the checks that skipped ones give as their reason ("see
// start/ready") and that have no result in the report. Who runs checks judges
// these as well: otherwise a fault that keeps every check from being tried would
// leave nothing but skips.
func (r *Report) Blamed() []string {
	var names []string
	for _, check := range r.Checks {
		name := check.Blames()
		if name == "" || slices.Contains(names, name) {
			continue
		}
		if !slices.ContainsFunc(r.Checks, func(other Result) bool { return other.Name == name }) {
			names = append(names, name)
		}
	}
	return names
}

// some lists at most limit names, and how many more there are.
func some(names []string, limit int) string {
	if more := len(names) - limit; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), more)
	}
	return strings.Join(names, ", ")
}
