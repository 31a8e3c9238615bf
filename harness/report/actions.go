package report

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Annotations are workflow commands that GitHub shows at the lines of a commit, one
// line each. GitHub shows ten errors and ten warnings of a step, so each fault is
// one error, in the order in which one would repair them, and each is short; what
// kept the run from its end comes first. A warning is what was only read in the
// source, a line each, or is inconclusive.
func (r *Report) Annotations() string {
	var b strings.Builder
	root := r.root()
	for _, problem := range r.Problems {
		annotate(&b, "error", root, Place{}, "bgcheck could not run", problem)
	}
	for _, suite := range r.Unfinished {
		annotate(&b, "error", root, Place{}, "bgcheck did not finish", suite)
	}
	if len(r.NotJudged) > 0 {
		annotate(&b, "error", root, Place{}, "bgcheck did not judge all", strings.Join(r.NotJudged, ", "))
	}
	var read []Result
	for _, f := range r.findings() {
		if f.lead.advice() {
			read = append(read, f.lead)
			continue
		}
		title := f.lead.title()
		for _, other := range f.others {
			title += ", " + other.Name
		}
		place := Place{}
		if places := r.shown(f.lead); len(places) > 0 {
			place = places[0]
		}
		annotate(&b, "error", root, place, "bgcheck "+title, f.lead.brief())
	}
	for _, check := range r.Checks {
		switch check.Verdict {
		case Inconclusive:
			annotate(&b, "warning", root, Place{}, "bgcheck "+check.title()+" is inconclusive", check.brief())
		case Warn:
			read = append(read, check)
		}
	}
	for _, check := range read {
		places := r.shown(check)
		if len(places) == 0 {
			places = []Place{{}}
		}
		for _, p := range places {
			annotate(&b, "warning", root, p, "bgcheck "+check.title(), check.brief())
		}
	}
	return b.String()
}

// brief is the cause in a line, and where to read on.
func (r Result) brief() string {
	text := cut(strings.Join(strings.Fields(cmp.Or(r.Diagnosis, r.Seen, r.Name+" failed")), " "), 300)
	if r.Fix != "" {
		first, _, _ := strings.Cut(r.Fix, "\n")
		text = sentence(text) + " Remedy: " + cut(first, 150)
	}
	return text
}

// annotate writes one workflow command. A place outside of the repository is
// left out: GitHub has no file to show it in.
func annotate(b *strings.Builder, level, root string, place Place, title, message string) {
	var properties []string
	if place.File != "" && root != "" {
		if rel, ok := within(root, place.File); ok {
			properties = append(properties, "file="+escapeProperty(rel))
			if place.Line > 0 {
				properties = append(properties, fmt.Sprintf("line=%d", place.Line))
			}
		}
	}
	properties = append(properties, "title="+escapeProperty(title))
	fmt.Fprintf(b, "::%s %s::%s\n", level, strings.Join(properties, ","), escapeData(message))
}

// escapeData and escapeProperty write text as the runner reads it back.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func escapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}

// maxSummary is what GitHub takes of one step's summary: 1 MiB.
const maxSummary = 1 << 20

// AppendSummary appends the Markdown to the file at path, as a step does with
// $GITHUB_STEP_SUMMARY. Where it would grow past what GitHub takes, the
// evidence is left out; it is an error when that does not help.
func (r *Report) AppendSummary(path string) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("append summary: %w", err)
	}
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fmt.Errorf("append summary: %w", closing)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("append summary: %w", err)
	}
	left := int(maxSummary - info.Size())
	text := r.Markdown()
	if len(text) >= left {
		brief := *r
		brief.Checks = nil
		for _, check := range r.Checks {
			check.Evidence = nil
			brief.Checks = append(brief.Checks, check)
		}
		text = brief.Markdown() + "\nThe evidence, too long for this page, is in report.json.\n"
	}
	if len(text) >= left {
		return errors.New("append summary: it is longer than GitHub takes; it is in summary.md")
	}
	if _, err := f.WriteString(text + "\n"); err != nil {
		return fmt.Errorf("append summary: %w", err)
	}
	return nil
}
