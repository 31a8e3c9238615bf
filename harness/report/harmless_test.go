package report

import (
	"bytes"
	"strings"
	"testing"
)

func TestALineIsHarmless(t *testing.T) {
	for given, want := range map[string]string{
		"plain":                         "plain",
		"  ::error::owned":              `  \::error::owned`,
		"std::string":                   "std::string",
		"x ##[error]owned":              "x # #[error]owned",
		"##vso[task.setvariable x=y]":   "# #vso[task.setvariable x=y]",
		"\x1b[2J\x1b[Hcleared\x07":      `cleared\x07`,
		"a\x1b]0;title\x07b\rc\u202ed":  `ab\x0dc\u202ed`,
		"one\ntwo":                      "one two",
		"\x1b[2J::set-output name=a::b": `\::set-output name=a::b`,
	} {
		if got := Harmless(given); got != want {
			t.Errorf("%q: %q, not %q", given, got, want)
		}
	}
	if got := Harmless(strings.Repeat("x", 1<<20)); len(got) > 1100 || !strings.HasSuffix(got, "... (1048576 characters)") {
		t.Errorf("a megabyte: %d bytes, ends with %q", len(got), got[len(got)-40:])
	}
}

// obeyed is text that must not be: it clears screens, and speaks to CI services.
const obeyed = "\x1b[2J\x1b]0;owned\x07\r ::error file=x::owned\n::set-output name=a::b ##[error]x \x9b31m \u202e"

func TestNothingShownObeysTheAddOn(t *testing.T) {
	filler := strings.Repeat("word ", 14) // so that folding brings the next word to a line's begin
	text := obeyed + "\n" + filler + "::error::folded " + filler + "::warning::folded"
	r := &Report{Head: Head{Target: "name" + obeyed, TargetFile: "/x/bgcheck.yaml", StartedBy: text, Backend: "local"}, Problems: []string{text}}
	for _, verdict := range Verdicts() {
		r.Checks = append(r.Checks, Result{
			Name: "stop/sigterm", Verdict: verdict, Expected: text, Seen: text, Diagnosis: text, Remark: text, Fix: text,
			Evidence: []string{"log: " + text, "exit: " + text, "::error::evidence", "log: ::error::logged"}, Command: "sh x.sh",
		})
	}
	var shown bytes.Buffer
	Conclusion(&shown, r, View{})
	shown.WriteString(r.Table("out", false))
	var reasons Reasons
	for _, check := range r.Checks {
		shown.WriteString(reasons.Line(check, false) + check.Details() + check.Block(View{}))
	}
	for line := range strings.Lines(shown.String()) {
		line = strings.TrimSuffix(line, "\n")
		if line != Clean(line) {
			t.Errorf("control characters: %q", line)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("a command: %q", line)
		}
	}
	if markdown := r.Markdown(); Clean(markdown[:200]) != markdown[:200] {
		t.Errorf("the title in Markdown: %q", markdown[:200])
	}
}
