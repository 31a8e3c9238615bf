package command

import (
	"fmt"
	"os"

	"github.com/bgcheck/bgcheck/harness/report"
)

// actions tells GitHub what its own environment variables ask for: annotations
// on the output, and the summary appended to the step's. A summary that cannot
// be written is said, and changes no verdict.
func actions(c *call, r *report.Report) {
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		fmt.Fprint(c.out, r.Annotations())
	}
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" {
		if err := r.AppendSummary(path); err != nil {
			fmt.Fprintln(c.errout, "bgcheck: "+err.Error())
		}
	}
}
