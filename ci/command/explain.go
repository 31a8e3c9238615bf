package command

import (
	"fmt"

	"github.com/bgcheck/bgcheck/harness/checks"
)

type explainWord struct {
	Checks []string `arg:"" name:"check" predictor:"check" help:"Names, areas (stop) or patterns (stop/sig*)."`
}

// Run prints all that the catalogue says of the checks.
func (w *explainWord) Run(c *call) error {
	chosen, err := checks.Choose(w.Checks...)
	if err != nil {
		return Wrong.as(err)
	}
	for i, check := range chosen {
		if i > 0 {
			fmt.Fprintln(c.out)
		}
		fmt.Fprint(c.out, check.Explain())
	}
	return nil
}
