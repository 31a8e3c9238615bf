package report

import "testing"

func TestStatusTellsFailedInterruptedAndCouldNotRunApart(t *testing.T) {
	pass, fail := Result{Name: "a/b", Verdict: Pass}, Result{Name: "a/c", Verdict: Fail}
	see := Result{Name: "exec/slow", Verdict: Skip, Diagnosis: "never became ready: see start/ready"}
	for _, test := range []struct {
		name   string
		want   int
		report Report
	}{
		{"all passed", StatusGood, Report{Checks: []Result{pass}}},
		{"one is skipped for a reason of its own", StatusGood, Report{Checks: []Result{pass, {Name: "a/d", Verdict: Skip, Diagnosis: "no exec"}}}},
		{"one failed", StatusFailed, Report{Checks: []Result{pass, fail}}},
		{"one is inconclusive", StatusFailed, Report{Checks: []Result{pass, {Verdict: Inconclusive}}}},
		{"one failed and others were not judged", StatusFailed, Report{Checks: []Result{fail}, NotJudged: []string{"a/d"}}},
		{"a signal came behind a failure", StatusInterrupted, Report{Checks: []Result{fail}, Interrupted: true}},
		{"a signal came", StatusInterrupted, Report{Checks: []Result{pass}, Interrupted: true}},
		{"no Blender", StatusCannotRun, Report{Problems: []string{"no Blender"}}},
		{"nothing was judged", StatusCannotRun, Report{}},
		{"all were skipped", StatusCannotRun, Report{Checks: []Result{see}}},
		{"a suite was killed", StatusCannotRun, Report{Checks: []Result{pass}, Unfinished: []string{"x"}}},
		{"one was not judged", StatusCannotRun, Report{Checks: []Result{pass}, NotJudged: []string{"a/d"}}},
		{"a skip blames a check that nobody judged", StatusCannotRun, Report{Checks: []Result{pass, see}}},
		{"a skip blames a check that failed", StatusFailed, Report{Checks: []Result{see, {Name: "start/ready", Verdict: Fail}}}},
	} {
		if got := Status(&test.report); got != test.want {
			t.Errorf("%s: %d, want %d (%v)", test.name, got, test.want, test.report.Err())
		}
	}
}

func TestWhatASkipBlamesIsReadFromItsReason(t *testing.T) {
	for reason, want := range map[string]string{
		"never became ready: see start/ready":                "start/ready",
		"exec has no effect: see exec/takes-effect (it ran)": "exec/takes-effect",
		"needs a container: --backend container":             "",
		"left out: foresee and/or":                           "",
	} {
		if got := (Result{Verdict: Skip, Diagnosis: reason}).Blames(); got != want {
			t.Errorf("%q blames %q, want %q", reason, got, want)
		}
	}
	if got := (Result{Verdict: Pass, Diagnosis: "see start/ready"}).Blames(); got != "" {
		t.Errorf("a pass blames %q", got)
	}
}
