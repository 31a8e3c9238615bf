package command

import (
	"fmt"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
)

type listWord struct{}

// Run prints each check and what it asserts.
func (listWord) Run(c *call) error {
	const width = 24
	for _, check := range checks.All() {
		name := check.Name
		for _, line := range report.Fold(check.True, report.Columns-width-1) {
			fmt.Fprintf(c.out, "%-*s %s\n", width, name, line)
			name = ""
		}
	}
	return nil
}
