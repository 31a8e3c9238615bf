package contract

import (
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// Explain is what `bgcheck explain` prints: what the check asserts, why it
// matters, how it measures and how to fix what it finds.
func (c Check) Explain() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", c.Name)
	needs := ""
	if len(c.Needs) > 0 {
		words := make([]string, len(c.Needs))
		for i, need := range c.Needs {
			words[i] = string(need)
		}
		needs = strings.Join(words, ", ") + " in the target file; without, it is skipped."
	}
	for _, part := range []struct{ head, text string }{
		{"Passes when", c.True + "."}, {"Why", c.Why}, {"How", c.How}, {"Fix", c.Fix},
		{"Fix without asyncio", c.FixPlain}, {"Needs", needs},
	} {
		if part.text == "" {
			continue
		}
		fmt.Fprintf(&out, "\n%s\n", part.head)
		for _, line := range report.Fold(part.text, report.Columns-2) {
			out.WriteString(strings.TrimRight("  "+line, " ") + "\n")
		}
	}
	return out.String()
}
