package explain

import (
	"regexp"
	"strings"
)

// literal is the text that a call of print() begins with, up to what is put into it.
var literal = regexp.MustCompile(`print\s*\(\s*[fFrRbB]{0,2}(?:"([^"{%]+)|'([^'{%]+))`)

// Printing cites the print() whose text a line of output begins with; "" for none.
func (f Findings) Printing(line string) string {
	for _, one := range f {
		if one.Kind != "print" || strings.Contains(one.Text, "stderr") {
			continue
		}
		for _, m := range literal.FindAllStringSubmatch(one.Text, -1) {
			if text := strings.TrimSpace(m[1] + m[2]); len(text) > 2 && strings.HasPrefix(strings.TrimSpace(line), text) {
				return (Findings{one}).Cite("print")
			}
		}
	}
	return ""
}
