package command

import (
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
)

func TestReportExitsZeroOnlyWhenAllIsWell(t *testing.T) {
	for _, test := range []struct {
		name     string
		code     int
		finish   bool
		verdicts []report.Verdict
	}{
		{"passes", 0, true, []report.Verdict{report.Pass}},
		{"a skip beside passes", 0, true, []report.Verdict{report.Pass, report.Skip}},
		{"nothing but skips", 3, true, []report.Verdict{report.Skip}},
		{"a failure", 1, true, []report.Verdict{report.Pass, report.Fail}},
		{"an inconclusive check", 1, true, []report.Verdict{report.Pass, report.Inconclusive}},
		{"no check", 3, true, nil},
		{"a suite that was killed", 3, false, []report.Verdict{report.Pass}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blank(t)
			out := t.TempDir()
			write(t, out, "r", test.finish, test.verdicts...)
			code, text, errout := try(t, "report", "--out", out)
			if code != test.code || (code != 0) != (errout != "") {
				t.Errorf("exit %d\n%s%s", code, text, errout)
			}
			for _, v := range test.verdicts {
				if !strings.Contains(text, "x/"+string(v)) {
					t.Errorf("the report lacks x/%s:\n%s", v, text)
				}
			}
		})
	}
}

func TestReportRefusesAReportOfAnotherRun(t *testing.T) {
	blank(t)
	out := t.TempDir()
	if code, _, errout := try(t, "report", "--out", out); code != 1 || !strings.Contains(errout, "run the suites first") {
		t.Errorf("exit %d: %s", code, errout)
	}
	write(t, out, "monday", true, report.Pass)
	t.Setenv("BGCHECK_RUN", "tuesday")
	if code, _, errout := try(t, "report", "--out", out); code != 1 || !strings.Contains(errout, "of another run") {
		t.Errorf("exit %d: %s", code, errout)
	}
	t.Setenv("BGCHECK_RUN", "monday")
	if code, _, errout := try(t, "report", "--out", out); code != 0 {
		t.Errorf("exit %d: %s", code, errout)
	}
}
