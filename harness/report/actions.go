package report

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Annotations are workflow commands that GitHub shows at the lines of a commit:
// an error for each failed check and each problem of the run, a warning for
// each line that source/* found and each inconclusive check. One line each.
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
	for _, check := range r.Checks {
		title := "bgcheck " + check.title()
		switch {
		case check.Verdict == Inconclusive:
			annotate(&b, "warning", root, Place{}, title+" is inconclusive", check.headline())
		case check.Verdict != Fail && check.Verdict != Warn:
		case check.Verdict == Warn && len(r.shown(check)) == 0:
			annotate(&b, "warning", root, Place{}, title, check.message())
		case check.advice():
			for _, p := range r.shown(check) {
				annotate(&b, "warning", root, p, title, check.message())
			}
		default:
			place := Place{}
			if places := r.shown(check); len(places) > 0 {
				place = places[0]
			}
			annotate(&b, "error", root, place, title, check.message())
		}
	}
	return b.String()
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
