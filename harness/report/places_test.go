package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// placed is a report of a target in a repository, with places of every kind.
func placed(t *testing.T) (r *Report, top string) {
	t.Helper()
	top = t.TempDir()
	folder := filepath.Join(top, "my add-ons")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(top, ".git"), []byte("gitdir: x"), 0o644); err != nil {
		t.Fatal(err)
	}
	r = sample()
	r.TargetFile = filepath.Join(folder, "bgcheck.yaml")
	lines := []Place{{filepath.Join(folder, "100%.py"), 7, "time.sleep(1)"}, {filepath.Join(folder, "a", "b.py"), 9, "time.sleep(2)"}}
	r.Checks = append(r.Checks,
		Result{Name: "stop/sigterm", Verdict: Fail, Seen: "exit code 0", Diagnosis: "two\nlines: 5 %, at most", Fix: "signal.signal(...)", Places: lines},
		Result{Name: "source/long-sleep", Verdict: Fail, Seen: "found", Diagnosis: "it sleeps", Places: lines},
		Result{Name: "source/no-sleep", Verdict: Pass, Places: lines},
		Result{Name: "tidy/writes", Verdict: Fail, Places: []Place{{File: "/elsewhere/c.py", Line: 1}, {File: filepath.Join(folder, "a b.zip")}}},
	)
	for i := range r.Checks {
		r.Checks[i] = r.Checks[i].clean()
	}
	return r, top
}

// sarifSchemaText is the published schema of SARIF 2.1.0, which the module of a
// SARIF library carries as a constant.
func sarifSchemaText(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[sarif.Report]().PkgPath()).Output()
	try(t, err)
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "schema.go"), nil, 0)
	try(t, err)
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && len(literal.Value) > len(text) {
			text = literal.Value
		}
		return true
	})
	text, err = strconv.Unquote(text)
	try(t, err)
	return text
}

func TestSARIFIsValidByItsSchema(t *testing.T) {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(sarifSchemaText(t)))
	try(t, err)
	compiler := jsonschema.NewCompiler()
	try(t, compiler.AddResource("sarif.json", value))
	schema, err := compiler.Compile("sarif.json")
	try(t, err)
	full, _ := placed(t)
	for name, r := range map[string]*Report{"full": full, "sample": sample(), "four": four(t), "hostile": hostile(), "empty": merge("x", nil)} {
		data, err := r.SARIF()
		try(t, err)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		try(t, err)
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, data)
		}
		if read, err := sarif.FromBytes(data); err != nil || len(read.Runs) != 1 {
			t.Errorf("%s is not read by another program: %v", name, err)
		}
	}
	if schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{"results": []any{}}}}) == nil {
		t.Error("the schema lets a run without a tool pass")
	}
}

func TestSARIFListsEveryCheckAndTellsRunsAndResultsApart(t *testing.T) {
	read := func(r *Report) sarifRun {
		data, err := r.SARIF()
		try(t, err)
		var log sarifLog
		try(t, json.Unmarshal(data, &log))
		return log.Runs[0]
	}
	one, other := read(four(t)), read(on(four(t), "4.2.1"))
	if n := len(one.Tool.Driver.Rules); n != len(four(t).Checks) {
		t.Errorf("%d rules", n)
	}
	for _, rule := range one.Tool.Driver.Rules {
		if rule.Full.Text == "" || len(rule.Tags.Tags) == 0 || !strings.HasPrefix(rule.HelpURI, homepage) {
			t.Errorf("%+v", rule)
		}
	}
	if one.Automation.ID != "bgcheck/studio_notes/3.4.1/local/" || other.Automation.ID == one.Automation.ID || one.Tool.Driver.Version == "" {
		t.Errorf("%s, %s", one.Automation.ID, other.Automation.ID)
	}
	seen := map[string]bool{}
	for _, result := range one.Results {
		if seen[result.Prints.First] {
			t.Errorf("two results have one fingerprint: %+v", result)
		}
		seen[result.Prints.First] = true
	}
	moved := four(t)
	for i := range moved.Checks {
		for k := range moved.Checks[i].Places {
			moved.Checks[i].Places[k].Line += 40
		}
	}
	for _, result := range read(moved).Results {
		if !seen[result.Prints.First] {
			t.Errorf("a result is new because lines moved: %+v", result)
		}
	}
}

func TestSARIFShowsEachFailedCheckWhereItIs(t *testing.T) {
	r, top := placed(t)
	data, err := r.SARIF()
	if err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	var got []string
	for _, result := range run.Results {
		if rule := run.Tool.Driver.Rules[result.RuleIndex]; rule.ID != result.RuleID {
			t.Errorf("%s has the rule of %s", result.RuleID, rule.ID)
		}
		line := result.RuleID + " " + result.Level
		for _, at := range append(result.Locations, result.Related...) {
			line += " " + at.Physical.Artifact.Base + at.Physical.Artifact.URI
			if at.Physical.Region != nil {
				line += fmt.Sprintf(":%d", at.Physical.Region.Line)
			}
		}
		got = append(got, line)
	}
	want := []string{
		"exec/takes-effect error %SRCROOT%my%20add-ons/bgcheck.yaml:1",
		"stop/sigterm error %SRCROOT%my%20add-ons/100%25.py:7 %SRCROOT%my%20add-ons/a/b.py:9",
		"source/long-sleep warning %SRCROOT%my%20add-ons/100%25.py:7",
		"source/long-sleep warning %SRCROOT%my%20add-ons/a/b.py:9",
		"tidy/writes error file:///elsewhere/c.py:1 %SRCROOT%my%20add-ons/a%20b.zip",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if base := run.Bases[sarifRoot].URI; base != "file://"+filepath.ToSlash(top)+"/" {
		t.Errorf("base %s", base)
	}
	if n := run.Invocations[0]; n.Successful || len(n.Notifications) != 3 {
		t.Errorf("a problem, an unfinished suite and an inconclusive check give %+v", n)
	}
}

func TestWithoutARepositoryPathsStartFromTheTargetsFolder(t *testing.T) {
	folder := t.TempDir()
	if repository(filepath.Join(folder, "x")) != folder {
		t.Skip("the temporary folder lies in a git checkout")
	}
	r := &Report{Head: Head{TargetFile: filepath.Join(folder, "bgcheck.yaml")}, Checks: []Result{{Name: "a/b", Verdict: Fail}}}
	data, err := r.SARIF()
	if err != nil || !strings.Contains(string(data), `"uri": "bgcheck.yaml"`) {
		t.Errorf("%v\n%s", err, data)
	}
}

func TestAPathWithAColonIsNoScheme(t *testing.T) {
	at := Place{File: "/r/a:b.py", Line: 2}.sarif("/r")
	if at.Physical.Artifact.URI != "./a:b.py" {
		t.Error(at.Physical.Artifact.URI)
	}
	// Python's own name for code that has no file stays as it is, escaped.
	if uri := fileURI("<string>"); uri != "%3Cstring%3E" {
		t.Error(uri)
	}
}

func TestAnnotationsAreOneLineEachWithEverythingEscaped(t *testing.T) {
	r, _ := placed(t)
	got := strings.Split(strings.TrimSuffix(r.Annotations(), "\n"), "\n")
	want := []string{
		"::error title=bgcheck could not run::no <Docker> here",
		"::error title=bgcheck did not finish::suites/idle",
		"::error file=my add-ons/bgcheck.yaml,line=1,title=bgcheck exec/takes-effect::exec was acknowledged",
		"::error file=my add-ons/100%25.py,line=7,title=bgcheck stop/sigterm%2C source/long-sleep::two lines: 5 %25, at most. Remedy: signal.signal(...)",
		"::error title=bgcheck tidy/writes::tidy/writes failed",
		"::warning title=bgcheck stop/sigint is inconclusive::the disk is full",
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("line %d is\n%s\nand not\n%s", i, got[i], want[i])
		}
	}
	if text := escapeProperty("a:b,c%d\r\n"); text != "a%3Ab%2Cc%25d%0D%0A" {
		t.Error(text)
	}
}

func TestTheSummaryIsAppendedAndStaysWithinGitHubsLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	if err := os.WriteFile(path, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := sample()
	if err := r.AppendSummary(path); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(path); !strings.HasPrefix(string(text), "before\n# bgcheck: ") {
		t.Errorf("%.100s", text)
	}
	for range 200 {
		check := Result{Name: "a/b", Verdict: Fail, Evidence: []string{strings.Repeat("x", 8<<10)}}
		r.Checks = append(r.Checks, check)
	}
	if err := r.AppendSummary(path); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(path)
	if len(text) > maxSummary || !strings.Contains(string(text), "is in report.json") {
		t.Errorf("%d bytes", len(text))
	}
	for range 100000 {
		r.Checks = append(r.Checks, Result{Name: "a/b", Verdict: Pass})
	}
	if err := r.AppendSummary(path); err == nil || !strings.Contains(err.Error(), "summary.md") {
		t.Errorf("a summary that is too long gives %v", err)
	}
	if err := r.AppendSummary(t.TempDir()); err == nil {
		t.Error("a folder was taken for a file")
	}
}

func TestPlacesAreBoundedAndEachIsKeptOnce(t *testing.T) {
	r := Result{Verdict: Fail}
	for i := range 300 {
		r.Places = append(r.Places, Place{"a\x1b[31m.py", i - 1, "x\x00"}, Place{"a.py", i - 1, "x\x00"}, Place{})
	}
	got := r.clean().Places
	if len(got) != maxPlaces || got[0] != (Place{"a.py", 0, `x\x00`}) {
		t.Errorf("%d places, the first %+v", len(got), got[0])
	}
}
