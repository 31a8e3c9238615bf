package report

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample holds every verdict and every kind of awkward text.
func sample() *Report {
	long := "exec was acknowledged, and had no effect within 5 s: the add-on schedules it by " +
		"bpy.app.timers, and timers never fire in background mode"
	checks := []Result{
		{Name: "start/ready", Verdict: Pass, Seconds: 0.8412, Expected: "an answer within 30s", Seen: "answered after 0.84 s"},
		{Name: "echo/round-trip", Verdict: Pass, Seconds: 1.2, Remark: "only while our keep-alive runs | and not without it"},
		{Name: "exec/takes-effect", Verdict: Fail, Seconds: 5.104, Expected: "bpy.data holds the object that the code made",
			Seen: "no such object", Diagnosis: long,
			Fix:      "Run the code on the main thread, in the request's own callback:\n    result = run(code)\n    transport.write(reply(result))",
			Evidence: []string{"reply: {\"ok\": true}", "bad bytes: \xff\xfe, \x1b[31mred\x1b[0m, \x00, \x07, \u202e", "]]> & <b> | ```"},
			Command:  "HOME='/tmp/x y' blender --background --python a.py -- --port 1234"},
		{Name: "stop/sigint", Verdict: Inconclusive, Seconds: 0, Diagnosis: "the disk is full: write /tmp/x: no space left on device"},
		{Name: "stop/as-pid-1", Verdict: Skip, Diagnosis: "needs a container"},
	}
	for i := range checks {
		checks[i] = checks[i].clean()
	}
	return &Report{
		Schema: Schema, Run: "123-456",
		Head: Head{Target: "tcp_echo", TargetFile: "/src/pyaddon/bgcheck.yaml", Backend: "local",
			Blender: Blender{Version: "3.4.1", Path: "/usr/bin/blender"},
			Machine: Machine{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPU: "Some CPU @ 2.00GHz", CPUs: 2, Memory: 8 << 30}},
		Started: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Seconds: 41.25,
		Unfinished: []string{"suites/idle"}, Problems: []string{"no <Docker> here"}, Checks: checks,
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; if that is right: go test ./harness/report -update\n--- got\n%s\n--- want\n%s", name, got, want)
	}
}

func TestGoldenFiles(t *testing.T) {
	r := sample()
	data, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", data)
	junit, err := r.JUnit()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "junit.xml", junit)
	golden(t, "summary.md", []byte(r.Markdown()))
	golden(t, "table.txt", []byte(r.Table("out", false)))
	golden(t, "table-colour.txt", []byte(r.Table("out", true)))
}

func TestGoldenFilesOfAGoodRun(t *testing.T) {
	r := sample()
	r.Checks, r.Unfinished, r.Problems = r.Checks[:2], []string{}, []string{}
	golden(t, "good-summary.md", []byte(r.Markdown()))
	golden(t, "good-table.txt", []byte(r.Table("out", false)))
	if err := r.Err(); err != nil {
		t.Errorf("a run of passes is not good: %v", err)
	}
}

func TestTextForTerminalsFits80Columns(t *testing.T) {
	r := sample()
	r.Checks = append(r.Checks, Result{Name: "area/" + strings.Repeat("word-", 9), Verdict: Fail, Diagnosis: strings.Repeat("ünïcödé ", 60),
		Fix: strings.Repeat("word ", 60), Expected: strings.Repeat("word ", 60)})
	text := r.Table("out", false)
	for _, check := range r.Checks {
		check.Command = "" // stays whole
		text += new(Reasons).Line(check, false) + check.Details()
	}
	for line := range strings.Lines(text) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > Columns {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestJSONNeverHoldsNullForAList(t *testing.T) {
	part := merge("x", nil)
	data, err := part.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "null") {
		t.Errorf("null in %s", data)
	}
	data, err = json.Marshal(Result{Name: "a/b", Verdict: Pass}.clean())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `"evidence":[]`) {
		t.Errorf("evidence is no empty array in %s", data)
	}
}

func TestAnyBytesGiveValidXMLAndJSON(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	junk := string(all) + "\uffff\ufffe\u202e\u0085 \x1b]0;title\x07 \x1b[1;31m ]]> &amp; \xed\xa0\x80"
	r := sample()
	r.Checks = append(r.Checks, Result{Name: "a/" + junk, Verdict: Fail, Expected: junk, Seen: junk, Diagnosis: junk, Fix: junk,
		Evidence: []string{junk}, Command: junk}.clean())
	r.Problems = append(r.Problems, Clean(junk))
	data, err := r.JUnit()
	if err != nil {
		t.Fatal(err)
	}
	var doc junitSuites
	if err := xml.Unmarshal(data, &doc); err != nil {
		t.Errorf("junit: %v", err)
	}
	if i := strings.IndexFunc(string(data), plain.Unfit); i >= 0 || !utf8.Valid(data) {
		t.Errorf("junit holds %q", data[i:i+1])
	}
	data, err = r.JSON()
	if err != nil || !json.Valid(data) || !utf8.Valid(data) {
		t.Errorf("json: %v", err)
	}
	if text := r.Markdown() + r.Table("out", false); strings.IndexFunc(text, plain.Unfit) >= 0 {
		t.Errorf("control characters in the text for people")
	}
}

func TestEvidenceIsBounded(t *testing.T) {
	r := Result{Name: "a/b", Verdict: Fail, Evidence: []string{strings.Repeat("line\n", 5000), strings.Repeat("x", 1<<20)}, Seen: strings.Repeat("y", 1<<20)}.clean()
	if n := len(r.Evidence); n != maxEvidence+1 {
		t.Errorf("%d lines of evidence", n)
	}
	if len(r.Seen) > maxText+100 {
		t.Errorf("%d bytes in seen", len(r.Seen))
	}
}

func TestErrSaysWhyARunIsNotGood(t *testing.T) {
	pass := Result{Name: "a/b", Verdict: Pass}
	for _, test := range []struct {
		name, want string
		report     Report
	}{
		{"one pass", "", Report{Checks: []Result{pass}}},
		{"pass and skip", "", Report{Checks: []Result{pass, {Verdict: Skip}}}},
		{"all skipped", "no check was run: all 1 were skipped", Report{Checks: []Result{{Verdict: Skip}}}},
		{"a fail", "1 failed", Report{Checks: []Result{pass, {Verdict: Fail}}}},
		{"inconclusive is never a pass", "1 inconclusive", Report{Checks: []Result{pass, {Verdict: Inconclusive}}}},
		{"nothing was run", "no check was run", Report{}},
		{"a suite was killed", "not finished: suites/idle", Report{Checks: []Result{pass}, Unfinished: []string{"suites/idle"}}},
		{"a suite could not run", "no Blender", Report{Problems: []string{"no Blender"}}},
	} {
		got := ""
		if err := test.report.Err(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAResultWithoutVerdictIsInconclusive(t *testing.T) {
	if r := (Result{Name: "a/b"}).clean(); r.Verdict != Inconclusive || !strings.Contains(r.Diagnosis, "no verdict") {
		t.Errorf("%+v", r)
	}
}
