package main

import (
	"fmt"
	"os"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// table prints the report, and exits 0 only when all is well.
func table(c *call) int {
	flags := setup.AddFlags(c.flags)
	if code, ok := c.parse(); !ok {
		return code
	}
	if c.flags.NArg() > 0 {
		return c.unexpected()
	}
	// What the target is does not matter here.
	settings, _ := flags.Resolve(".")
	r, err := report.Refresh(settings.Out)
	if err != nil {
		return c.fail(err.Error())
	}
	if os.Getenv("BGCHECK_RUN") != "" && r.Run != report.RunID() {
		return c.fail(fmt.Sprintf("the report in %s is of another run: no suite of this one came so far as to write any", settings.Show(settings.Out)))
	}
	colour := false
	if f, ok := c.out.(*os.File); ok {
		colour = report.Colour(f)
	}
	fmt.Fprint(c.out, r.Table(settings.Show(settings.Out), colour))
	for _, check := range r.Checks {
		if check.Verdict == report.Fail {
			fmt.Fprintf(c.out, "more on a check: make explain CHECK=%s\n", check.Name)
			break
		}
	}
	actions(c, r)
	if err := r.Err(); err != nil {
		return c.fail(err.Error())
	}
	return 0
}

func (c *call) unexpected() int {
	fmt.Fprintf(c.errout, "bgcheck: unexpected %q\n", c.flags.Arg(0))
	c.flags.Usage()
	return 2
}
