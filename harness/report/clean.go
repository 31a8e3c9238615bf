package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// Limits of what one result may carry into the report. Whole logs stay in the
// instance's folder.
const (
	maxText     = 8 << 10
	maxEvidence = 200
	maxLine     = 2 << 10
)

// Clean makes text fit for JSON, XML, Markdown and terminals: terminal
// sequences are dropped, invalid UTF-8 becomes U+FFFD, and other control
// characters become visible (\x00). Newlines and tabs stay.
func Clean(text string) string { return plain.Clean(text) }

// clean returns the head with fit characters.
func (h Head) clean() Head {
	for _, field := range []*string{&h.Target, &h.StartedBy, &h.Backend, &h.Blender.Version, &h.Blender.Path, &h.Blender.Image} {
		*field = bound(strings.TrimSpace(Clean(*field)), maxLine)
	}
	return h
}

// clean returns the result as it goes into a part: fit characters, bounded
// lengths, finite seconds, evidence one line an item and never nil.
func (r Result) clean() Result {
	for _, field := range []*string{&r.Name, &r.Expected, &r.Seen, &r.Diagnosis, &r.Remark, &r.Fix, &r.Command, &r.Target, &r.TargetFile} {
		*field = bound(strings.TrimSpace(Clean(*field)), maxText)
	}
	if r.Verdict.rank() < 0 {
		r.Diagnosis = fmt.Sprintf("the check gave no verdict (%q)", r.Verdict)
		r.Verdict = Inconclusive
	}
	if math.IsNaN(r.Seconds) || math.IsInf(r.Seconds, 0) || r.Seconds < 0 {
		r.Seconds = 0
	}
	r.Seconds = math.Round(r.Seconds*1000) / 1000
	lines := []string{}
	for _, item := range r.Evidence {
		for line := range strings.SplitSeq(strings.TrimRight(Clean(item), "\n"), "\n") {
			lines = append(lines, bound(strings.TrimRight(line, " \t"), maxLine))
		}
	}
	if more := len(lines) - maxEvidence; more > 0 {
		lines = append(lines[:maxEvidence:maxEvidence], fmt.Sprintf("... and %d lines more", more))
	}
	r.Evidence = lines
	r.Places = cleanPlaces(r.Places)
	return r
}

// bound cuts text behind limit bytes, at a whole character.
func bound(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(text[:limit], ""), len(text))
}
