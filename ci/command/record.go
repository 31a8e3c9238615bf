package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// record is one run on disk: its part of the report, and where its lives keep
// their files.
type record struct {
	run     *report.Run
	part    *report.Part
	started time.Time
	nth     int // lives' folders so far
}

// suite is the name of the command's part in the report.
const suite = "check"

// beginRecord makes the run's folder. It fails when out cannot be written to.
func beginRecord(settings setup.Settings) (*record, error) {
	id := report.RunID()
	if os.Getenv("BGCHECK_RUN") == "" {
		// Not the parent's: one shell starts many runs.
		id = fmt.Sprintf("%d-%s", os.Getpid(), report.Born(os.Getpid()))
	}
	run, err := report.Begin(settings.Out, id)
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
	names := checkNames()
	for _, result := range results {
		if err := r.part.Add(slices.Index(names, result.Name), result); err != nil {
			return CouldNot.because("%w; the report in %s is not whole", err, r.run.Out)
		}
	}
	return nil
}

// finish ends the run's part. What was to be judged and was not is a problem of
// the run.
func (r *record) finish(why string, unjudged []string) error {
	if len(unjudged) > 0 {
		if why != "" {
			why += "; "
		}
		why += "not judged: " + strings.Join(unjudged, ", ")
	}
	if why != "" {
		if err := r.part.Problem(why); err != nil {
			return CouldNot.as(err)
		}
	}
	return CouldNot.as(r.part.Finish())
}

// report is the run's report. Where another run has written to the same folder
// since, it is what this one knows itself.
func (r *record) report(head report.Head, results []report.Result) *report.Report {
	if merged, err := report.Refresh(r.run.Out); err == nil && merged.Run == r.run.ID {
		return merged
	}
	return &report.Report{
		Schema: report.Schema, Run: r.run.ID, Head: head, Started: r.started, Seconds: time.Since(r.started).Seconds(), Checks: results,
	}
}
