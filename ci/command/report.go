package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/report"
)

type reportWord struct {
	Records []string `arg:"" optional:"" name:"record" predictor:"file" help:"Records to make one page of: report.json files, or folders with one; of shards, versions, machines. Default: print the last report."`
	To      string   `placeholder:"FILE" predictor:"file" help:"Where the page goes, default: report.html here."`
	Trace   string   `placeholder:"FILE" predictor:"file" help:"Write the lives of the records (default: of the last report) there in the trace event format, which ui.perfetto.dev and chrome://tracing show."`
	Out     string   `placeholder:"FOLDER" help:"Where the last report is, default: out."`
}

// Help stands in `bgcheck report --help`.
func (*reportWord) Help() string {
	return `Records are all that is needed: no Blender, no add-on.

  bgcheck report                              prints the last report
  bgcheck report shard-1 shard-2              one page of two shards
  bgcheck report --to all.html out-3.6 out-4.2/report.json
  bgcheck report --trace trace.json           what happened in its lives

Exit status: that of the run; of several records, the worst.`
}

// Run prints the last report's table, or makes the page of the records given. It
// is good only when the runs were.
func (w *reportWord) Run(c *call) error {
	if len(w.Records) > 0 {
		return w.page(c)
	}
	if w.To != "" {
		return Wrong.because("--to says where the page of records goes: name them, as in bgcheck report --to %s out", w.To)
	}
	settings, err := where{Out: w.Out}.settings(".") // what the target is does not matter here
	if err != nil {
		return err
	}
	place := settings.Show(settings.Out)
	r, err := report.Refresh(settings.Out)
	if err != nil {
		return NotGood.as(err)
	}
	if os.Getenv("BGCHECK_RUN") != "" && r.Run != report.RunID() {
		return NotGood.because("the report in %s is of another run: no suite of this one came so far as to write any", place)
	}
	if err := w.trace(c, r); err != nil {
		return err
	}
	fmt.Fprint(c.out, r.Table(place, colour(c.out)))
	for _, check := range r.Checks {
		if check.Verdict == report.Fail {
			fmt.Fprintf(c.out, "more on a check: bgcheck explain %s\n", check.Name)
			break
		}
	}
	actions(c, r)
	return Status(report.Status(r)).as(r.Err())
}

// page makes one page of the records, and says of each how it stands.
func (w *reportWord) page(c *call) error {
	records, err := readRecords(w.Records)
	if err != nil {
		return err
	}
	page, err := report.HTML(records...)
	if err != nil {
		return CouldNot.as(err)
	}
	to := first(w.To, report.PageName)
	if err := os.WriteFile(to, page, 0o644); err != nil { //nolint:gosec // a report is for everyone
		return CouldNot.because("write the page: %w", err)
	}
	if err := w.trace(c, records...); err != nil {
		return err
	}
	worst := Good
	for i, r := range records {
		status := Status(report.Status(r))
		said := "good"
		if err := r.Err(); err != nil {
			said = err.Error()
		}
		fmt.Fprintf(c.out, "%s: %s\n", w.Records[i], report.Clean(said))
		worst = worse(worst, status)
	}
	fmt.Fprintf(c.out, "page: %s\n", to)
	return worst.ended()
}

// trace writes the lives of the records where that is asked for.
func (w *reportWord) trace(c *call, records ...*report.Report) error {
	if w.Trace == "" {
		return nil
	}
	lives := 0
	for _, r := range records {
		lives += len(r.Courses)
	}
	if lives == 0 {
		return Wrong.because("there is no life to trace: the record has no %s beside it, in which bgcheck check keeps what happened", report.CoursesName)
	}
	trace, err := report.Trace(records...)
	if err == nil {
		err = os.WriteFile(w.Trace, trace, 0o644) //nolint:gosec // a report is for everyone
	}
	if err != nil {
		return CouldNot.because("write the trace: %w", err)
	}
	fmt.Fprintf(c.out, "trace of %d lives: %s\n", lives, w.Trace)
	return nil
}

// worse is the status that says more against a run.
func worse(a, b Status) Status {
	for _, status := range []Status{NotGood, CouldNot, Interrupted} {
		if a == status || b == status {
			return status
		}
	}
	return Good
}

// readRecords reads records by their files, or the folders they lie in.
func readRecords(paths []string) ([]*report.Report, error) {
	var records []*report.Report
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			path = filepath.Join(path, "report.json")
		}
		r, err := report.Read(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, Wrong.because("there is no record %s: name a report.json that bgcheck check has written, or its folder", path)
		}
		if err != nil {
			return nil, Wrong.as(err)
		}
		records = append(records, r)
	}
	return records, nil
}
