package command

import (
	"os"
	"path/filepath"
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

func TestRecordsMakeOnePage(t *testing.T) {
	blank(t)
	good, bad := t.TempDir(), t.TempDir()
	write(t, good, "g", true, report.Pass)
	write(t, bad, "b", true, report.Fail)
	to := filepath.Join(t.TempDir(), "all.html")
	code, text, errout := try(t, "report", "--to", to, good, filepath.Join(bad, "report.json"))
	if code != 1 || errout != "" || !strings.Contains(text, "1 failed") || !strings.Contains(text, "page: "+to) {
		t.Errorf("exit %d: %s%s", code, text, errout)
	}
	if page, err := os.ReadFile(to); err != nil || !strings.Contains(string(page), "x/fail") || !strings.Contains(string(page), "x/pass") {
		t.Errorf("the page lacks a check: %v", err)
	}
	for _, wrong := range []struct{ want, record string }{
		{"there is no record", filepath.Join(good, "nowhere")}, {"read report", to},
	} {
		if code, _, errout := try(t, "report", wrong.record); code != 4 || !strings.Contains(errout, wrong.want) {
			t.Errorf("exit %d: %s", code, errout)
		}
	}
	if code, _, errout := try(t, "report", "--to", to); code != 4 || !strings.Contains(errout, "name them") {
		t.Errorf("exit %d: %s", code, errout)
	}
}

func TestOpenShowsThePage(t *testing.T) {
	blank(t)
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	out := t.TempDir()
	if code, _, errout := try(t, "open", out); code != 4 || !strings.Contains(errout, "bgcheck check") {
		t.Errorf("exit %d: %s", code, errout)
	}
	write(t, out, "r", true, report.Pass)
	page := filepath.Join(out, report.PageName)
	if err := os.Remove(page); err != nil {
		t.Fatal(err) // it was written with the record
	}
	t.Setenv("BROWSER", "")
	if code, text, errout := try(t, "open", out); code != 3 || !strings.Contains(text, page) || !strings.Contains(errout, "no browser") {
		t.Errorf("exit %d: %s%s", code, text, errout)
	}
	browser := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\ncp \"$1\" \"$0.seen\"\n"), 0o755); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	t.Setenv("BROWSER", browser)
	if code, _, errout := try(t, "open", out); code != 0 {
		t.Errorf("exit %d: %s", code, errout)
	}
	if seen, err := os.ReadFile(browser + ".seen"); err != nil || !strings.Contains(string(seen), "x/pass") {
		t.Errorf("the browser was not given the page: %v", err)
	}
}

func TestTheTraceIsOfTheLivesThatWereJudged(t *testing.T) {
	file, out := fakeTarget(t, serving+`, FAKE_PRINT: "it says this"`)
	if code, text, errout := try(t, "check", file, "--check", "echo/concurrent,stop/sigterm"); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, text, errout)
	}
	r := load(t, out)
	seen := map[string]bool{}
	for _, life := range r.Courses {
		seen["ready"] = seen["ready"] || life.Ready > 0 && life.Ready <= life.Seconds
		seen["samples"] = seen["samples"] || len(life.Samples) > 0 && life.Samples[0].RSS > 0
		for _, check := range life.Checks {
			seen[check.Name] = true
		}
		for _, request := range life.Requests {
			seen[request.Kind] = true
		}
		for _, signal := range life.Signals {
			seen[signal.Name] = true
		}
		for _, line := range life.Log {
			seen[line.Text] = line.At >= 0 && line.At <= life.Seconds
		}
	}
	for _, want := range []string{"ready", "samples", "echo/concurrent", "stop/sigterm", "echo", "SIGTERM", "it says this"} {
		if !seen[want] {
			t.Errorf("no %s in %d lives: %v", want, len(r.Courses), seen)
		}
	}
	trace := filepath.Join(t.TempDir(), "trace.json")
	code, text, errout := try(t, "report", "--out", out, "--trace", trace)
	if data, err := os.ReadFile(trace); code != 0 || err != nil || !strings.Contains(string(data), `"traceEvents":[{`) {
		t.Errorf("exit %d: %v\n%s%s", code, err, text, errout)
	}
	empty := t.TempDir()
	write(t, empty, "r", true, report.Pass)
	if code, _, errout := try(t, "report", "--out", empty, "--trace", trace); code != int(Wrong) || !strings.Contains(errout, "no life to trace") {
		t.Errorf("exit %d: %s", code, errout)
	}
}
