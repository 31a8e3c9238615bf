package contract

import (
	"fmt"
	"strings"
)

// Explain is what `make explain` prints: what the check asserts, why it
// matters, how it measures and how to fix what it finds.
func (c Check) Explain() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", c.Name)
	for _, part := range []struct{ head, text string }{
		{"Passes when", c.True + "."}, {"Why", c.Why}, {"How", c.How}, {"Fix", c.Fix},
	} {
		fmt.Fprintf(&out, "\n%s\n", part.head)
		for line := range strings.Lines(part.text) {
			out.WriteString(wrap(strings.TrimRight(line, "\n"), "  ", 96))
		}
	}
	if len(c.Needs) > 0 {
		needs := make([]string, len(c.Needs))
		for i, need := range c.Needs {
			needs[i] = string(need)
		}
		fmt.Fprintf(&out, "\nNeeds\n  %s in the target file; without, it is skipped.\n", strings.Join(needs, ", "))
	}
	return out.String()
}

// wrap breaks a sentence into lines of at most width characters; lines of code,
// which begin with a space, stay as they are.
func wrap(text, indent string, width int) string {
	if strings.HasPrefix(text, " ") {
		return indent + text + "\n"
	}
	var out strings.Builder
	line := indent
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > width:
			out.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	out.WriteString(line + "\n")
	return out.String()
}
