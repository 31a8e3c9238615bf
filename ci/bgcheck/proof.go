package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

const proofHead = `# Proof

Every check has a fixture that is wrong in just the way that the check looks for, and on the right
fixtures no check fails. ` + "`make proof`" + ` runs the whole catalogue on all of them, and writes this file.

`

// proof prints which check caught which wrong fixture, from what
// TestProof in harness/checks has left in the out folder.
func proof(c *call) int {
	var out, file string
	var markdown bool
	c.flags.StringVar(&out, "out", "", "`folder` that holds "+fixtures.ProofFile+" (default out/); or BGCHECK_OUT")
	c.flags.StringVar(&file, "write", "", "write the table as Markdown to this `file` too")
	c.flags.BoolVar(&markdown, "markdown", false, "print Markdown")
	if code, ok := c.parse(); !ok {
		return code
	}
	if c.flags.NArg() > 0 {
		return c.unexpected()
	}
	if out == "" {
		// What the target is does not matter here.
		settings, _ := new(setup.Flags).Resolve(".")
		out = settings.Out
	}
	seen, err := fixtures.ReadProof(out)
	if err != nil {
		return c.fail(err.Error()+"; make it by: make proof", "or: BGCHECK_OUT="+out+" go test ./harness/checks -run TestProof")
	}
	if names := checkNames(); !slices.Equal(seen.Checks, names) {
		return c.fail("the proof in " + out + " is of another catalogue than this; make it anew by: make proof")
	}
	text := seen.Text()
	if markdown {
		text = seen.Markdown()
	}
	fmt.Fprint(c.out, text)
	if file != "" {
		if err := os.WriteFile(file, []byte(proofHead+seen.Markdown()), 0o644); err != nil {
			return c.fail("write proof: " + err.Error())
		}
		fmt.Fprintf(c.out, "written to %s\n", file)
	}
	if !seen.Good() {
		return c.fail("not every fixture was judged as it must be")
	}
	return 0
}

func checkNames() []string {
	var names []string
	for _, check := range checks.All() {
		names = append(names, check.Name)
	}
	return names
}
