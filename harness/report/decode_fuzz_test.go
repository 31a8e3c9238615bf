package report

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzHarmless: no text makes a line that a terminal or a CI service obeys.
func FuzzHarmless(f *testing.F) {
	for _, seed := range []string{obeyed, "", "::", " \x1b::x::", "\x1b[\x1b[31m::error::", "#\x1b[m#[x]", "##v\x1b[0mso[x]", "\u2028::x", "\x9b::", "\ufffe"} {
		f.Add(seed, 20)
	}
	f.Fuzz(func(t *testing.T, text string, width int) {
		v := View{Width: width % 200}
		for _, line := range append(append(v.lines("  ", "seen", text, 0), v.lines("", "", text, 3)...), Harmless(text), v.line("", text)) {
			if Clean(line) != line || strings.Contains(line, "\n") {
				t.Errorf("%q gives %q: a terminal obeys", text, line)
			}
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") || strings.Contains(line, "##teamcity[") {
				t.Errorf("%q gives %q: a command", text, line)
			}
		}
	})
}

// FuzzForms: whatever a check says, every form of the report is well-formed.
func FuzzForms(f *testing.F) {
	f.Add("stop/sigterm", obeyed, "x\n```\n<b>&]]>\x00")
	f.Add("", "\xff\xfe", "|\\`*_{}[]")
	f.Fuzz(func(t *testing.T, name, seen, evidence string) {
		r := &Report{Schema: Schema, Head: Head{Target: seen}.clean(), Problems: []string{Clean(evidence)}}
		r.Checks = append(r.Checks, Result{Name: name, Verdict: Fail, Seen: seen, Diagnosis: evidence, Fix: seen, Evidence: []string{evidence}}.clean())
		text, err := r.JSON()
		if err != nil || !json.Valid(text) {
			t.Errorf("report.json: %v", err)
		}
		if text, err = r.SARIF(); err != nil || !json.Valid(text) {
			t.Errorf("SARIF: %v", err)
		}
		if text, err = r.JUnit(); err != nil {
			t.Errorf("JUnit: %v", err)
		}
		if err := xml.Unmarshal(text, new(struct{})); err != nil {
			t.Errorf("JUnit: %v", err)
		}
		_ = r.Markdown() + r.Table("out", true) + r.Annotations()
	})
}

// FuzzRead: no file makes Read or what shows it panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema": "` + Schema + `", "checks": [{"name": "a/b", "verdict": "fail", "places": [{"file": "x", "line": -1}]}]}`))
	f.Add([]byte(`{"schema": "` + Schema + `", "checks": [{}], "seconds": 1e308, "not_judged": [""]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "report.json")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Read(file); err == nil {
			_ = r.Table("out", false) + r.Markdown()
			_, _, _ = Status(r), r.Err(), r.Blamed()
		}
	})
}
