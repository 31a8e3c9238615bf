package report

import (
	"cmp"
	"fmt"
	"strings"
)

// colours of the verdicts on a terminal.
var colours = map[Verdict]string{Pass: green, Fail: red, Warn: yellow, Skip: cyan, Inconclusive: yellow}

// Paint returns the verdict's word, padded to the longest, in colour when asked.
func (v Verdict) Paint(colour bool) string {
	return View{Colour: colour}.paint(colours[v], fmt.Sprintf("%-*s", len(Inconclusive), v))
}

// Table is the report for a terminal: a line for each check, then the
// conclusion. place is the out folder as the reader should see it.
func (r *Report) Table(place string, colour bool) string {
	v := View{Folder: place, Colour: colour}
	var b strings.Builder
	for _, line := range Fold(r.title(func(s string) string { return s }), v.width()) {
		b.WriteString(Harmless(line) + "\n")
	}
	b.WriteString("\n")
	if len(r.Checks) > 0 {
		fmt.Fprintf(&b, "%-*s  %-*s %8s\n", len(Inconclusive), "verdict", nameWidth(r.Checks), "check", "seconds")
	}
	for _, check := range r.Checks {
		fmt.Fprintf(&b, "%s  %-*s %8.2f\n", check.Verdict.Paint(v.Colour), nameWidth(r.Checks), check.title(), check.Seconds)
	}
	if len(r.Checks) > 0 {
		b.WriteString("\n")
	}
	Conclusion(&b, r, v)
	return b.String()
}

// Reasons remembers why checks were skipped, so that what is said of many is
// said once. The zero value is empty.
type Reasons struct{ saidAt map[string]string }

// Line is one finished check as a line of progress; below it the remark of one
// that passed and the reason of one that was skipped, or behind it the name of the
// check that has the same reason. Why one failed is for Block or Conclusion.
func (s *Reasons) Line(r Result, colour bool) string {
	line := fmt.Sprintf("%s  %-28s %8.2f s", r.Verdict.Paint(colour), r.Name, r.Seconds)
	return line + s.below(strings.Repeat(" ", len(Inconclusive)+2), r)
}

// below ends the line of a check, and writes what stands below it.
func (s *Reasons) below(indent string, r Result) string {
	var b strings.Builder
	why := cmp.Or(r.Diagnosis, r.Seen)
	first := s.saidAt[why]
	switch {
	case r.Verdict == Pass:
		b.WriteString("\n")
		below(&b, indent, "note: ", r.Remark)
		return b.String()
	case r.Verdict != Skip:
		return "\n"
	case first != "":
		return "  as " + first + "\n"
	case why != "":
		if s.saidAt == nil {
			s.saidAt = map[string]string{}
		}
		s.saidAt[why] = r.title()
	}
	b.WriteString("\n")
	below(&b, indent, "", why)
	return b.String()
}

// below writes text, folded, after indent; label stands before its first line.
func below(b *strings.Builder, indent, label, text string) {
	if text == "" {
		return
	}
	for _, line := range Fold(text, Columns-len(indent)-len(label)) {
		b.WriteString(Harmless(strings.TrimRight(indent+label+line, " ")) + "\n")
		label = strings.Repeat(" ", len(label))
	}
}

func nameWidth(checks []Result) int {
	width := 24
	for _, check := range checks {
		width = max(width, len(check.title()))
	}
	return min(width, Columns-len(Inconclusive)-2-9)
}

// title is the check's name, with its target where there are several.
func (r Result) title() string {
	if r.Target == "" {
		return r.Name
	}
	return r.Name + " " + r.Target
}

// title says what was checked, on which Blender, where; text escapes.
func (r *Report) title(text func(string) string) string {
	name := r.Target
	if name == "" {
		name = "no target"
	}
	title := text(Clean(name))
	if r.StartedBy != "" {
		title += ", " + text(Clean(r.StartedBy)) + ","
	}
	if r.Blender.Version != "" {
		title += " on Blender " + text(Clean(r.Blender.Version))
	}
	where := []string{}
	for _, word := range []string{r.Blender.Image, r.Blender.Path, r.Backend} {
		if word != "" {
			where = append(where, text(Clean(word)))
		}
	}
	if len(where) > 0 {
		title += " (" + strings.Join(where, ", ") + ")"
	}
	return title
}

// totals counts the verdicts: "30 passed, 1 failed, 2 skipped in 41.2 s".
func (r *Report) totals() string {
	words := []string{fmt.Sprintf("%d passed", r.Count(Pass)), fmt.Sprintf("%d failed", r.Count(Fail))}
	if n := r.Count(Warn); n > 0 {
		words = append(words, fmt.Sprintf("%d warned", n))
	}
	if n := r.Count(Skip); n > 0 {
		words = append(words, fmt.Sprintf("%d skipped", n))
	}
	if n := r.Count(Inconclusive); n > 0 {
		words = append(words, fmt.Sprintf("%d inconclusive", n))
	}
	if n := len(r.NotJudged); n > 0 {
		words = append(words, fmt.Sprintf("%d not judged", n))
	}
	return fmt.Sprintf("%s in %.1f s", strings.Join(words, ", "), r.Seconds)
}
