package report

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"
)

// Limits of what one result may carry into the report. Whole logs stay in the
// instance's folder.
const (
	maxText     = 8 << 10
	maxEvidence = 200
	maxLine     = 2 << 10
)

// escapes are terminal sequences: CSI, OSC, and two-byte ones.
var escapes = regexp.MustCompile(`\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\^_])`)

// Clean makes text fit for JSON, XML, Markdown and terminals: terminal
// sequences are dropped, invalid UTF-8 becomes U+FFFD, and other control
// characters become visible (\x00). Newlines and tabs stay.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = escapes.ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if strings.IndexFunc(text, unfit) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !unfit(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// unfit tells characters that XML 1.0 forbids or that a terminal would obey,
// such as those that turn the direction of writing.
func unfit(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case 0xFFFE, 0xFFFF:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
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
