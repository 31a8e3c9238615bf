package report

import (
	"strings"
	"unicode/utf8"
)

// Details is the result as text of at most 80 columns, save for lines that
// must stay whole: expected, seen, diagnosis, fix, command. Empty fields are
// left out; so is the evidence.
func (r Result) Details() string {
	var b strings.Builder
	for _, field := range []struct{ name, text string }{
		{"expected", r.Expected}, {"seen", r.Seen}, {"diagnosis", r.Diagnosis}, {"fix", r.Fix}, {"command", r.Command},
	} {
		if field.text == "" {
			continue
		}
		label := field.name + ":" + strings.Repeat(" ", len("diagnosis: ")-len(field.name)-1)
		lines := Fold(field.text, Columns-len(label)-2)
		if field.name == "command" {
			// To be copied: not folded.
			lines = strings.Split(field.text, "\n")
		}
		for i, line := range lines {
			if i > 0 {
				label = strings.Repeat(" ", len(label))
			}
			if field.name != "command" {
				line = Harmless(line)
			}
			b.WriteString(strings.TrimRight(label+line, " ") + "\n")
		}
	}
	return b.String()
}

// Fold breaks text into lines of at most width characters, between words.
// Lines of the text stay lines; those that are indented, being code, and words
// longer than width stay whole. A remark behind code for which there is no room
// gets lines of its own.
func Fold(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case utf8.RuneCountInString(line) <= width:
			lines = append(lines, line)
			continue
		case strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"):
			lines = append(lines, foldCode(line, width)...)
			continue
		}
		current, used := "", 0
		for word := range strings.FieldsSeq(line) {
			size := utf8.RuneCountInString(word)
			switch {
			case used == 0:
				current, used = word, size
			case used+1+size > width:
				lines = append(lines, current)
				current, used = word, size
			default:
				current += " " + word
				used += 1 + size
			}
		}
		lines = append(lines, current)
	}
	return lines
}

// foldCode puts the remark behind a line of code nearer to it, or where that does not
// help on lines of its own: above it, and below what it is an "or" to.
func foldCode(line string, width int) []string {
	code, remark, found := strings.Cut(line, "  # ")
	code = strings.TrimRight(code, " ")
	indent := code[:len(code)-len(strings.TrimLeft(code, " \t"))]
	if !found || code == indent {
		return []string{line}
	}
	if near := code + "  # " + remark; utf8.RuneCountInString(near) <= width {
		return []string{near}
	}
	var lines []string
	for _, part := range Fold(remark, max(width-len(indent)-2, 20)) {
		lines = append(lines, indent+"# "+part)
	}
	if strings.HasPrefix(remark, "or") { // another way to write what stands before it
		return append([]string{code}, lines...)
	}
	return append(lines, code)
}
