package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
)

// try runs one command line.
func try(t *testing.T, args ...string) (code int, out, errout string) {
	t.Helper()
	var o, e strings.Builder
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func blank(t *testing.T) {
	t.Helper()
	for _, name := range []string{"BGCHECK_TARGET", "BGCHECK_OUT", "BGCHECK_BACKEND", "BGCHECK_BLENDER", "BGCHECK_RUN", "BGCHECK_OWNER",
		"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"} {
		t.Setenv(name, "")
	}
}

// write leaves a report with these verdicts.
func write(t *testing.T, out, id string, finish bool, verdicts ...report.Verdict) {
	t.Helper()
	r, err := report.Begin(out, id)
	if err != nil {
		t.Fatal(err)
	}
	part, err := r.Part("suites/x", 1, report.Head{Target: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range verdicts {
		if err := part.Add(i, report.Result{Name: "x/" + string(v), Verdict: v, Diagnosis: "why"}); err != nil {
			t.Fatal(err)
		}
	}
	if finish {
		if err := part.Finish(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTableExitsZeroOnlyWhenAllIsWell(t *testing.T) {
	for _, test := range []struct {
		name     string
		code     int
		finish   bool
		verdicts []report.Verdict
	}{
		{"passes", 0, true, []report.Verdict{report.Pass}},
		{"a skip beside passes", 0, true, []report.Verdict{report.Pass, report.Skip}},
		{"nothing but skips", 1, true, []report.Verdict{report.Skip}},
		{"a failure", 1, true, []report.Verdict{report.Pass, report.Fail}},
		{"an inconclusive check", 1, true, []report.Verdict{report.Pass, report.Inconclusive}},
		{"no check", 1, true, nil},
		{"a suite that was killed", 1, false, []report.Verdict{report.Pass}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blank(t)
			out := t.TempDir()
			write(t, out, "r", test.finish, test.verdicts...)
			code, text, errout := try(t, "table", "-out", out)
			if code != test.code || (code != 0) != (errout != "") {
				t.Errorf("exit %d\n%s%s", code, text, errout)
			}
			for _, v := range test.verdicts {
				if !strings.Contains(text, "x/"+string(v)) {
					t.Errorf("the table lacks x/%s:\n%s", v, text)
				}
			}
		})
	}
}

func TestTableRefusesAReportOfAnotherRun(t *testing.T) {
	blank(t)
	out := t.TempDir()
	if code, _, errout := try(t, "table", "-out", out); code != 1 || !strings.Contains(errout, "run the suites first") {
		t.Errorf("exit %d: %s", code, errout)
	}
	write(t, out, "monday", true, report.Pass)
	t.Setenv("BGCHECK_RUN", "tuesday")
	if code, _, errout := try(t, "table", "-out", out); code != 1 || !strings.Contains(errout, "of another run") {
		t.Errorf("exit %d: %s", code, errout)
	}
	t.Setenv("BGCHECK_RUN", "monday")
	if code, _, errout := try(t, "table", "-out", out); code != 0 {
		t.Errorf("exit %d: %s", code, errout)
	}
}

func TestDoctorSaysInOneLineEachWhatIsWrong(t *testing.T) {
	blank(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errout := try(t, "doctor", "-target=/nonexistent/bgcheck.yaml", "-blender=/nonexistent/blender", "-out", file)
	lines := strings.Split(strings.TrimSpace(errout), "\n")
	if code != 1 || out != "" || len(lines) != 3 {
		t.Fatalf("exit %d, %d lines\n%s%s", code, len(lines), out, errout)
	}
	for i, want := range []string{"-out", "/nonexistent/bgcheck.yaml", "/nonexistent/blender"} {
		if !strings.HasPrefix(lines[i], "bgcheck: ") || !strings.Contains(lines[i], want) {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
}

func TestDoctorLeavesNothingInTheOutFolder(t *testing.T) {
	blank(t)
	out := filepath.Join(t.TempDir(), "new")
	if err := writable(out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s is there: %v", out, err)
	}
}

func TestEveryCheckIsListedAndExplainedIn80Columns(t *testing.T) {
	code, listed, _ := try(t, "list")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, check := range checks.All() {
		if !strings.Contains(listed, check.Name+" ") {
			t.Errorf("%s is not listed", check.Name)
		}
		code, text, errout := try(t, "explain", check.Name)
		if code != 0 || !strings.HasPrefix(text, check.Name+"\n") || errout != "" {
			t.Errorf("exit %d: %s%s", code, text, errout)
		}
		for _, want := range []string{"\nPasses when\n", "\nWhy\n", "\nHow\n", "\nFix\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", check.Name, want)
			}
		}
		listed += text
	}
	for line := range strings.Lines(listed) {
		if strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, strings.Repeat(" ", 24)) {
			continue // code stays whole
		}
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > report.Columns {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestExplainTakesAnAreaAndHelpsAfterAWrongWord(t *testing.T) {
	if code, out, _ := try(t, "explain", "stop"); code != 0 || !strings.Contains(out, "stop/sigint\n") || !strings.Contains(out, "stop/sigterm\n") {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, _, errout := try(t, "explain", "stop/sigtrem"); code != 1 || !strings.Contains(errout, "did you mean stop/sigterm") {
		t.Errorf("exit %d: %s", code, errout)
	}
	if code, _, errout := try(t, "explain"); code != 2 || strings.Count(errout, "\n") != 1 {
		t.Errorf("exit %d: %s", code, errout)
	}
}

func TestTheCommandLineIsUnderstoodOrExplained(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "bgcheck doctor"}, {"help", 0, "bgcheck doctor"}, {"--help", 0, "bgcheck doctor"}, {"tabel", 2, "did you mean table?"},
		{"version", 0, "report " + report.Schema}, {"doctor -h", 0, "-target"}, {"table -x", 2, "-out"}, {"table x", 2, `unexpected "x"`},
	} {
		code, out, errout := try(t, strings.Fields(test.args)...)
		if code != test.code || !strings.Contains(out+errout, test.want) {
			t.Errorf("%q: exit %d: %s%s", test.args, code, out, errout)
		}
	}
}
