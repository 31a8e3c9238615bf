package command

import (
	"fmt"
)

type explainWord struct {
	Checks []string `arg:"" name:"check" predictor:"check" help:"Names, areas (stop) or patterns (stop/sig*)."`
}

// Run prints all that the catalogue says of the checks.
func (w *explainWord) Run(c *call) error {
	checks, err := choose(w.Checks)
	if err != nil {
		return Wrong.as(err)
	}
	for i, check := range checks {
		if i > 0 {
			fmt.Fprintln(c.out)
		}
		fmt.Fprint(c.out, check.Explain())
	}
	return nil
}
