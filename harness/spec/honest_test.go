package spec

import (
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
)

// twoSuites puts the tiny suite into the folders echo and stop, where it judges
// one area each, and returns the command that runs both by one ginkgo.
func twoSuites(t *testing.T, out string, env []string, flags ...string) *exec.Cmd {
	t.Helper()
	binary, err := tiny()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	args := append([]string{"tool", "ginkgo"}, flags...)
	for _, area := range []string{"echo", "stop"} {
		built := filepath.Join(folder, area, "tiny.test")
		if err := os.MkdirAll(filepath.Dir(built), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(binary, built); err != nil {
			t.Fatal(err)
		}
		args = append(args, built)
	}
	cmd := suiteCommand(t, out, env)
	cmd.Path, err = exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Args = append([]string{"go"}, args...)
	return cmd
}

func missing(r *report.Report, area string) bool {
	for _, check := range checks.Area(area) {
		if !slices.Contains(r.NotJudged, check.Name) {
			return false
		}
	}
	return len(checks.Area(area)) > 0
}

func TestWhatGinkgoDoesNotRunAnyMoreIsNamed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells the command line of ginkgo")
	}
	t.Run("because it was told to end, which it calls a success", func(t *testing.T) {
		out := t.TempDir()
		text, _ := twoSuites(t, out, []string{"TINY_ECHO_ROUND_TRIP=end parent"}).CombinedOutput()
		r := load(t, out)
		if !missing(r, "stop") || r.Err() == nil || report.Status(r) != report.StatusCannotRun {
			t.Errorf("%v: %v\n%s", r.NotJudged, r.Err(), text)
		}
	})
	t.Run("because the first suite failed", func(t *testing.T) {
		out := t.TempDir()
		text, err := twoSuites(t, out, []string{"TINY_ECHO_ROUND_TRIP=fail"}).CombinedOutput()
		r := load(t, out)
		if err == nil || !missing(r, "stop") || report.Status(r) != report.StatusFailed {
			t.Errorf("%v: %v\n%s", r.NotJudged, r.Err(), text)
		}
	})
	t.Run("and nothing is, when both ran", func(t *testing.T) {
		out := t.TempDir()
		text, err := twoSuites(t, out, nil).CombinedOutput()
		if r := load(t, out); err != nil || r.Err() != nil || len(r.Planned) == 0 {
			t.Errorf("%v, %v, planned %v\n%s", err, r.Err(), r.Planned, text)
		}
	})
}

func TestAKilledSuiteIsNamedWithWhatItDidNotJudge(t *testing.T) {
	out := t.TempDir()
	text, err := suiteCommand(t, out, []string{"TINY_ECHO_CONCURRENT=die"}).CombinedOutput()
	r := load(t, out)
	if err == nil || len(r.Unfinished) != 1 || !missing(r, "stop") || !slices.Contains(r.NotJudged, "echo/concurrent") || r.Err() == nil {
		t.Errorf("%v, unfinished %v, not judged %v\n%s", err, r.Unfinished, r.NotJudged, text)
	}
}

func TestARunThatAskedNothingBecauseOfAFaultHasFailed(t *testing.T) {
	for _, mode := range [][]string{nil, {"go", "tool", "ginkgo", "--procs=2"}} {
		t.Run(strings.Join(mode, " "), func(t *testing.T) {
			out := t.TempDir()
			text, err := suiteCommand(t, out, []string{"TINY_ALL=unready", "TINY_START_READY=fail"}, mode...).CombinedOutput()
			r := load(t, out)
			if err == nil || verdicts(r)["start/ready"] != report.Fail || report.Status(r) != report.StatusFailed {
				t.Errorf("%v, %v\n%s", err, verdicts(r), text)
			}
			if n := strings.Count(string(text), "as TINY_START_READY says"); n != 1 {
				t.Errorf("its cause is told %d times:\n%s", n, text)
			}
		})
	}
	t.Run("each suite, and the cause is told once", func(t *testing.T) {
		out := t.TempDir()
		text, err := twoSuites(t, out, []string{"TINY_ALL=unready", "TINY_START_READY=fail"}, "--keep-going").CombinedOutput()
		if err == nil || strings.Contains(string(text), "SUCCESS") || strings.Count(string(text), "as TINY_START_READY says") != 1 {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

func TestSpecsBesideTheContractAreInTheReport(t *testing.T) {
	for _, mode := range [][]string{nil, {"go", "tool", "ginkgo", "--procs=2"}} {
		t.Run(strings.Join(mode, " "), func(t *testing.T) {
			out := t.TempDir()
			text, err := suiteCommand(t, out, []string{"TINY_BESIDE=fail"}, mode...).CombinedOutput()
			r := load(t, out)
			got := verdicts(r)
			for name, want := range map[string]report.Verdict{
				"own/beside passes": report.Pass, "own/beside does as it is told": report.Fail, "own/beside is to be written": report.Skip,
			} {
				if got[name] != want {
					t.Errorf("%s: %q, want %q", name, got[name], want)
				}
			}
			if count := fmt.Sprintf(" of %d Specs", len(r.Checks)); err == nil || !strings.Contains(string(text), count) || report.Status(r) != report.StatusFailed {
				t.Errorf("%v, %d in the report\n%s", err, len(r.Checks), text)
			}
			var junit struct {
				Tests int `xml:"tests,attr"`
			}
			data, err := os.ReadFile(filepath.Join(out, "junit.xml"))
			if err == nil {
				err = xml.Unmarshal(data, &junit)
			}
			if err != nil || junit.Tests != len(r.Checks) {
				t.Errorf("junit.xml has %d of %d, %v", junit.Tests, len(r.Checks), err)
			}
		})
	}
}

func TestAFocusedRunIsGoodWhenWhatWasFocusedPassed(t *testing.T) {
	for _, test := range []struct {
		name, want string
		env, mode  []string
	}{
		{"a check, by --focus", "echo/concurrent", []string{"TINY_ECHO_ROUND_TRIP=fail", "TINY_STOP_SIGTERM=fail"}, []string{"go", "tool", "ginkgo", "--focus=echo/concurrent"}},
		{"a spec of one's own, by FIt", "own/beside is in focus", []string{"TINY_ALL=fail", "TINY_BESIDE=focus", "GINKGO_EDITOR_INTEGRATION=1"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := t.TempDir()
			text, err := suiteCommand(t, out, test.env, test.mode...).CombinedOutput()
			r := load(t, out)
			if err != nil || r.Err() != nil || r.Count(report.Pass) != 1 || verdicts(r)[test.want] != report.Pass {
				t.Errorf("%v, %v, %+v\n%s", err, r.Err(), r.Checks, text)
			}
		})
	}
}

func TestASuiteThatCouldNotBePreparedIsAProblemAndItsChecksAreNamed(t *testing.T) {
	out := t.TempDir()
	text, err := suiteCommand(t, out, []string{"TINY_BEFORE_SUITE=fail"}).CombinedOutput()
	r := load(t, out)
	if err == nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "BeforeSuite failed: nothing is prepared") || !missing(r, "echo") {
		t.Errorf("%v, %v, %v\n%s", err, r.Problems, r.NotJudged, text)
	}
}

func TestAFailureIsToldOnceAndWithoutGinkgosFrames(t *testing.T) {
	text, err := suiteCommand(t, t.TempDir(), []string{"TINY_ECHO_CONCURRENT=fail", "TINY_ECHO_ROUND_TRIP=fail", "TINY_STOP_SIGTERM=fail"}).CombinedOutput()
	if err == nil {
		t.Error("exit 0")
	}
	for _, once := range []string{"as TINY_ECHO_CONCURRENT says", "unset TINY_ECHO_CONCURRENT", "as TINY_ECHO_ROUND_TRIP says", "as TINY_STOP_SIGTERM says"} {
		if n := strings.Count(string(text), once); n != 1 {
			t.Errorf("%q stands there %d times", once, n)
		}
	}
	if strings.Contains(string(text), "[FAILED]") || strings.Contains(string(text), "----------") {
		t.Error("Ginkgo's frames are there")
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

func TestOnAFullDiskTheVerdictsAreToldAndWhatTheReportLacksIsNamed(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("needs root on Linux, for a small tmpfs")
	}
	out := t.TempDir()
	if text, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", out).CombinedOutput(); err != nil {
		t.Skipf("no tmpfs: %v %s", err, text)
	}
	t.Cleanup(func() {
		if text, err := exec.Command("umount", out).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, text)
		}
	})
	text, err := suiteCommand(t, out, []string{"TINY_ECHO_CONCURRENT=fill"}).CombinedOutput()
	if err == nil {
		t.Error("exit 0")
	}
	for _, want := range []string{"no space left on device", "it lacks: echo/concurrent, echo/clean-wire, stop/sigterm"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	for _, check := range checks.Area("stop") {
		if !strings.Contains(string(text), check.Name+" ") {
			t.Errorf("no verdict of %s on the terminal", check.Name)
		}
	}
	if r, err := report.Refresh(out); err != nil || r.Err() == nil || !missing(r, "stop") {
		t.Errorf("the report that is there: %v %+v", err, r)
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

func TestTwoRunsAtOnceInOneFolderEachHaveTheirOwnReport(t *testing.T) {
	out := t.TempDir()
	one := suiteCommand(t, out, []string{"TINY_STOP_SIGTERM=wait", "BGCHECK_RUN=one"})
	startWaiting(t, one)
	text, err := suiteCommand(t, out, []string{"BGCHECK_RUN=two"}).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	if r := load(t, out); r.Run != "two" || r.Err() != nil {
		t.Errorf("the folder's report is of run %s: %v", r.Run, r.Err())
	}
	if err := one.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := one.Wait(); err == nil {
		t.Error("the interrupted run exits 0")
	}
	for id, status := range map[string]int{"one": report.StatusInterrupted, "two": report.StatusGood} {
		if r := load(t, filepath.Join(out, "runs", id)); report.Status(r) != status {
			t.Errorf("run %s: %d, want %d (%v)", id, report.Status(r), status, r.Err())
		}
	}
	if r := load(t, out); r.Run != "one" {
		t.Errorf("the folder's report is of run %s, which was not the last to end", r.Run)
	}
}

func TestTheCommandNamesTheSuitesBesideThisOne(t *testing.T) {
	base := t.TempDir()
	folder := filepath.Join(base, "suites", "stop")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if runs([]string{"ginkgo", "./suites/..."}, base, folder) {
		t.Error("a folder without a suite")
	}
	if err := os.WriteFile(filepath.Join(folder, "stop_suite_test.go"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]bool{
		"ginkgo run --keep-going ./suites/...": true, "go test ./suites/stop": true, "ginkgo ./...": true, "ginkgo -r": false, "ginkgo -r suites": true,
		"ginkgo ./suites/stop/stop.test": true, "ginkgo ./suites/exec": false, "ginkgo": false, "ginkgo ./suites/exec -- ./suites/stop": false,
		"ginkgo --skip-package=stop ./suites/...": false, "go test ./suites/st...": false,
	} {
		if got := runs(strings.Fields(command), base, folder); got != want {
			t.Errorf("%s: %v", command, got)
		}
	}
}
