package command

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// conclude says at the end of a run what did not pass, once each, then the count
// and where the report is. place is the out folder as the reader should see it.
func conclude(w io.Writer, r *report.Report, place string, colour bool) {
	var skipped []string
	for _, check := range r.Checks {
		switch check.Verdict {
		case report.Pass:
		case report.Skip:
			why := cmp.Or(check.Diagnosis, check.Seen)
			if line := "skipped: " + why; !contains(skipped, line) {
				skipped = append(skipped, line)
			}
		default:
			fmt.Fprintf(w, "\n%s %s\n%s", check.Verdict.Paint(colour), check.Name, check.Details())
		}
	}
	fmt.Fprintln(w)
	for _, line := range skipped {
		fmt.Fprintln(w, strings.Join(report.Fold(line, report.Columns), "\n  "))
	}
	for _, line := range r.Problems {
		fmt.Fprintln(w, strings.Join(report.Fold(line, report.Columns), "\n  "))
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped, %d inconclusive in %.1f s\nreport: %s\n",
		r.Count(report.Pass), r.Count(report.Fail), r.Count(report.Skip), r.Count(report.Inconclusive), r.Seconds,
		filepath.Join(place, "summary.md"))
}

func contains(lines []string, line string) bool {
	for _, one := range lines {
		if one == line {
			return true
		}
	}
	return false
}
