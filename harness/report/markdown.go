package report

import (
	"fmt"
	"strings"
)

// Markdown is the content of summary.md: first what was not good in full, in the
// order in which one would repair it, then a table of what did not pass, and
// folded the passes. It is fit for $GITHUB_STEP_SUMMARY.
func (r *Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# bgcheck: %s\n\n", r.title(mdText))
	fmt.Fprintf(&b, "%s.\n\n", r.totals())
	for _, problem := range r.Problems {
		fmt.Fprintf(&b, "**Could not run:** %s\n\n", mdText(problem))
	}
	if len(r.Unfinished) > 0 {
		fmt.Fprintf(&b, "**Not finished:** %s\n\n", mdText(strings.Join(r.Unfinished, ", ")))
	}
	if len(r.NotJudged) > 0 {
		fmt.Fprintf(&b, "**Not judged:** %s\n\n", mdText(strings.Join(r.NotJudged, ", ")))
	}
	for _, f := range r.findings() {
		f.lead.markdown(&b)
		for _, other := range f.others {
			fmt.Fprintf(&b, "\nFor the same cause: %s: %s\n", mdText(other.title()), mdText(other.Seen))
		}
	}
	var open, passed []Result
	for _, verdict := range Verdicts() {
		for _, check := range r.Checks {
			switch {
			case check.Verdict != verdict:
				continue
			case verdict == Pass:
				passed = append(passed, check)
				continue
			case verdict == Inconclusive, verdict == Warn:
				check.markdown(&b)
			}
			open = append(open, check)
		}
	}
	if len(open) > 0 {
		b.WriteString("\n" + mdTable(open))
	}
	if len(passed) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%d passed</summary>\n\n%s\n</details>\n", len(passed), mdTable(passed))
	}
	return b.String()
}

// mdTable is a table of checks: verdict, name, seconds, and why, or under which
// condition it passed.
func mdTable(checks []Result) string {
	var b strings.Builder
	b.WriteString("| verdict | check | seconds | why |\n|---|---|---:|---|\n")
	for _, check := range checks {
		verdict, why := string(check.Verdict), check.headline()
		switch check.Verdict {
		case Fail, Inconclusive:
			verdict = "**" + verdict + "**"
		case Pass:
			why = check.Remark
		}
		fmt.Fprintf(&b, "| %s | %s | %.2f | %s |\n", verdict, mdText(check.title()), check.Seconds, mdText(why))
	}
	return b.String()
}

// markdown writes one result in full.
func (r Result) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s: %s\n", r.Verdict, mdText(r.title()))
	for _, field := range []struct{ name, text string }{
		{"Expected", r.Expected}, {"Seen", r.Seen}, {"Diagnosis", r.Diagnosis},
	} {
		if field.text != "" {
			fmt.Fprintf(b, "\n**%s:** %s\n", field.name, mdText(field.text))
		}
	}
	for _, field := range []struct{ name, text string }{
		{"Fix", r.Fix}, {"Command", r.Command},
	} {
		if field.text != "" {
			fmt.Fprintf(b, "\n**%s:**\n\n%s", field.name, mdBlock(field.text))
		}
	}
	if len(r.Evidence) > 0 {
		fmt.Fprintf(b, "\n<details><summary>Evidence</summary>\n\n%s\n</details>\n", mdBlock(strings.Join(r.Evidence, "\n")))
	}
}

// mdText writes text as running Markdown, nothing in it being markup, on one
// line so that it fits into a table.
func mdText(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '`', '*', '_', '[', ']', '|', '#', '~', '@':
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdBlock fences text with more backticks than it holds in a row.
func mdBlock(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
