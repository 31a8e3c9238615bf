package command

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// record is one run on disk: its part of the report, and where its lives keep
// their files.
type record struct {
	run  *report.Run
	part *report.Part
	nth  int // lives' folders so far
	// started is when the part was opened.
	started time.Time
}

// suite is the name of the command's part in the report.
const suite = "check"

// beginRecord makes the run's folder. It fails when out cannot be written to.
func beginRecord(settings setup.Settings) (*record, error) {
	run, err := report.BeginOwn(settings.Out)
	if err != nil {
		return nil, CouldNot.because("%w; name another by --out or BGCHECK_OUT", err)
	}
	r := &record{run: run}
	return r, r.again(report.Head{Backend: settings.Backend, Machine: report.ThisMachine()})
}

// again empties the run's part of the report.
func (r *record) again(head report.Head) (err error) {
	r.started = time.Now()
	r.part, err = r.run.Part(suite, 1, head)
	return CouldNot.as(err)
}

// lives is a new folder's name for the files of lives.
func (r *record) lives() string {
	r.nth++
	if r.nth == 1 {
		return filepath.Join(r.run.Dir(), suite)
	}
	return filepath.Join(r.run.Dir(), fmt.Sprintf("%s-%d", suite, r.nth))
}

// add writes results down, each at its place in the catalogue.
func (r *record) add(results ...report.Result) error {
	names := checks.Names()
	for _, result := range results {
		if err := r.part.Add(slices.Index(names, result.Name), result); err != nil {
			return CouldNot.as(err)
		}
	}
	return nil
}

// finish ends the run's part; err is what kept it from its end, or nil.
func (r *record) finish(err error) error {
	if err != nil {
		if err := r.part.Problem(setup.Line(err)); err != nil {
			return CouldNot.as(err)
		}
	}
	return CouldNot.as(r.part.Finish())
}

// report is this run's own, whatever other run has written to the same out
// folder since. Where it cannot be read (a full disk) it is made of what is
// known.
func (r *record) report(head report.Head, planned []string, results []report.Result, err error) *report.Report {
	if written, failed := report.Load(r.run.Dir()); failed == nil && len(r.part.Unwritten()) == 0 && written.Run == r.run.ID {
		return written
	}
	made := &report.Report{
		Schema: report.Schema, Run: r.run.ID, Head: head, Started: r.started, Seconds: time.Since(r.started).Seconds(),
		Planned: planned, Checks: results,
	}
	if err != nil {
		made.Problems = setup.Lines(err)
	}
	for _, name := range planned {
		if !slices.ContainsFunc(results, func(r report.Result) bool { return r.Name == name }) {
			made.NotJudged = append(made.NotJudged, name)
		}
	}
	return made
}
