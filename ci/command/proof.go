package command

import (
	"fmt"
	"os"
	"slices"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness/checks"
)

const proofHead = `# Proof

Every check has a fixture that is wrong in just the way that the check looks for, and on the right
fixtures no check fails. ` + "`make proof`" + ` runs the whole catalogue on all of them, and writes this file.

`

type proofWord struct {
	Out      string `placeholder:"FOLDER" help:"Folder that holds the proof, default: out."`
	Write    string `placeholder:"FILE" help:"Write the table as Markdown to this file too."`
	Markdown bool   `help:"Print Markdown."`
}

// Run prints which check caught which wrong fixture, from what TestProof in
// harness/checks has left in the out folder.
func (w *proofWord) Run(c *call) error {
	settings, err := where{Out: w.Out}.settings(".") // what the target is does not matter here
	if err != nil {
		return err
	}
	out := settings.Out
	seen, err := fixtures.ReadProof(out)
	if err != nil {
		return NotGood.because("%w; make it by: make proof\nor: BGCHECK_PROOF=%s go test ./harness/checks -run TestProof", err, out)
	}
	if names := checks.Names(); !slices.Equal(seen.Checks, names) {
		return NotGood.because("the proof in %s is of another catalogue than this; make it anew by: make proof", out)
	}
	text := seen.Text()
	if w.Markdown {
		text = seen.Markdown()
	}
	fmt.Fprint(c.out, text)
	if w.Write != "" {
		if err := os.WriteFile(w.Write, []byte(proofHead+seen.Markdown()), 0o644); err != nil {
			return CouldNot.because("write proof: %w", err)
		}
		fmt.Fprintf(c.out, "written to %s\n", w.Write)
	}
	if !seen.Good() {
		return NotGood.because("not every fixture was judged as it must be")
	}
	return nil
}
