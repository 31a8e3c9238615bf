package command

import (
	"fmt"
	"os"

	"github.com/bgcheck/bgcheck/harness/report"
)

type reportWord struct {
	Out string `placeholder:"FOLDER" help:"Where the report is, default: out."`
}

// Run prints the report's table. It is good only when the run was.
func (w *reportWord) Run(c *call) error {
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
