package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

func started(t *testing.T, out, id string) *Run {
	t.Helper()
	run, err := Begin(out, id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func open(t *testing.T, run *Run, suite string, process int) *Part {
	t.Helper()
	part, err := run.Part(suite, process, Head{Target: "echo", Backend: "local"})
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func load(t *testing.T, out string) *Report {
	t.Helper()
	r, err := Load(out)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPartsOfSeveralSuitesMakeOneReport(t *testing.T) {
	out := t.TempDir()
	for i, name := range []string{"stop", "echo", "alive"} {
		part := open(t, started(t, out, "r"), "suites/"+name, 1)
		try(t, part.Add(10-i, Result{Name: name + "/x", Verdict: Pass}))
		if got := load(t, out).Unfinished; len(got) != 1 || got[0] != "suites/"+name {
			t.Errorf("unfinished while %s runs: %v", name, got)
		}
		try(t, part.Finish())
	}
	r := load(t, out)
	var names []string
	for _, check := range r.Checks {
		names = append(names, check.Name)
	}
	if got := strings.Join(names, " "); got != "alive/x echo/x stop/x" {
		t.Errorf("order %q is not the catalogue's", got)
	}
	if r.Schema != Schema || r.Target != "echo" || r.Backend != "local" || r.Started.IsZero() || len(r.Unfinished) != 0 || r.Err() != nil {
		t.Errorf("%+v", r)
	}
	for _, name := range mergedNames {
		info, err := os.Stat(filepath.Join(out, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) != len(mergedNames)+1 {
		t.Errorf("out holds %v %v", entries, err)
	}
}

func TestOfTwoResultsOfOneCheckTheWorseIsKept(t *testing.T) {
	out := t.TempDir()
	run := started(t, out, "r")
	one, two := open(t, run, "echo", 1), open(t, run, "echo", 2)
	try(t, one.Add(1, Result{Name: "a/flaky", Verdict: Fail}))
	try(t, one.Add(1, Result{Name: "a/flaky", Verdict: Pass}))
	try(t, one.Add(2, Result{Name: "a/both", Verdict: Pass}))
	try(t, two.Add(2, Result{Name: "a/both", Verdict: Inconclusive}))
	try(t, two.Add(3, Result{Name: "a/skipped", Verdict: Skip}))
	try(t, one.Add(3, Result{Name: "a/skipped", Verdict: Pass}))
	var got []string
	for _, check := range load(t, out).Checks {
		got = append(got, string(check.Verdict))
	}
	if want := "fail inconclusive skip"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestTwoTargetsInOneRunKeepTheirChecksApart(t *testing.T) {
	out := t.TempDir()
	run := started(t, out, "r")
	for i, target := range []string{"one", "two"} {
		part, err := run.Part("suites/"+target, 1, Head{Target: target})
		try(t, err)
		try(t, part.Add(1, Result{Name: "a/b", Verdict: []Verdict{Pass, Fail}[i]}))
	}
	r := load(t, out)
	if r.Target != "one, two" || len(r.Checks) != 2 || r.Checks[0].Target != "one" || r.Checks[1].Verdict != Fail {
		t.Errorf("%+v", r)
	}
}

func TestARunWhoseOwnerLivesIsLeftAlone(t *testing.T) {
	if procfs.Born(os.Getppid()) == "" {
		t.Skip("this system does not tell when a process was started")
	}
	t.Setenv("BGCHECK_OWNER", "")
	out := t.TempDir()
	open(t, started(t, out, "one"), "echo", 1)
	two := started(t, out, "two")
	if len(two.Others) != 1 || two.Others[0] != os.Getppid() {
		t.Errorf("others: %v", two.Others)
	}
	if _, err := os.Stat(filepath.Join(two.Out, "runs", "one", "parts", "echo-1.json")); err != nil {
		t.Error(err)
	}
}

func TestAnOutFolderThatCannotBeWrittenIsOneClearLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	try(t, os.WriteFile(file, nil, 0o644))
	_, err := Begin(file, "r")
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
	taken := t.TempDir()
	try(t, os.Mkdir(filepath.Join(taken, "report.json"), 0o755))
	if _, err = Begin(taken, "r"); err == nil || !strings.Contains(err.Error(), "report.json is a folder") {
		t.Errorf("%v", err)
	}
}

func TestAPartThatCannotBeReadIsAProblemOfTheRun(t *testing.T) {
	out := t.TempDir()
	run := started(t, out, "r")
	part := open(t, run, "echo", 1)
	try(t, os.WriteFile(filepath.Join(run.partsDir(), "stop-1.json"), []byte("{"), 0o644))
	try(t, part.Add(1, Result{Name: "a/b", Verdict: Pass}))
	if err := load(t, out).Err(); err == nil || !strings.Contains(err.Error(), "stop-1.json") {
		t.Errorf("%v", err)
	}
}

func TestOneProcessOfTheRunIsTheFirst(t *testing.T) {
	out := t.TempDir()
	var first atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			run, err := Begin(out, "r")
			if err != nil {
				t.Error(err)
			} else if run.First("no Blender") {
				first.Add(1)
			}
		})
	}
	group.Wait()
	if n := first.Load(); n != 1 {
		t.Errorf("%d were the first", n)
	}
	if !started(t, out, "r").First("no Docker") || !started(t, out, "s").First("no Blender") {
		t.Error("another text, or another run, is not the same")
	}
}

func TestLoadSaysThatThereIsNoReport(t *testing.T) {
	if _, err := Load(t.TempDir()); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "run the suites first") {
		t.Errorf("%v", err)
	}
}

func TestRefreshMergesWhatAKilledSuiteLeft(t *testing.T) {
	out := t.TempDir()
	run := started(t, out, "r")
	part := open(t, run, "echo", 1)
	stale, err := os.ReadFile(filepath.Join(out, "report.json"))
	try(t, err)
	try(t, part.Add(1, Result{Name: "a/b", Verdict: Fail}))
	try(t, os.WriteFile(filepath.Join(out, "report.json"), stale, 0o644))
	r, err := Refresh(out)
	try(t, err)
	if len(r.Checks) != 1 || len(r.Unfinished) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestRunIDsAreSafeAsNames(t *testing.T) {
	for id, want := range map[string]string{"a b/../c": "a_b_.._c", "..": "_", "7-ci.2": "7-ci.2", "./x": "_x"} {
		t.Setenv("BGCHECK_RUN", id)
		if got := RunID(); got != want {
			t.Errorf("%q gives %q, want %q", id, got, want)
		}
	}
	t.Setenv("BGCHECK_RUN", "")
	if got := RunID(); !strings.HasPrefix(got, strconv.Itoa(os.Getppid())) {
		t.Errorf("%q is not made of the parent's id", got)
	}
}

// Many writers at once, with no lock between them: the report must end up
// holding every result of every one.
func TestManyWritersConverge(t *testing.T) {
	const writers, results = 16, 6
	out := t.TempDir()
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			run, err := Begin(out, "r")
			if err == nil {
				var part *Part
				if part, err = run.Part("suite", w, Head{Target: "echo"}); err == nil {
					err = fill(part, w, results)
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	expectAll(t, out, writers*results)
}

func fill(part *Part, writer, results int) error {
	for i := range results {
		if err := part.Add(writer*1000+i, Result{Name: fmt.Sprintf("w%d/r%d", writer, i), Verdict: Pass}); err != nil {
			return err
		}
	}
	return part.Finish()
}

func expectAll(t *testing.T, out string, want int) {
	t.Helper()
	r := load(t, out)
	if len(r.Checks) != want || len(r.Unfinished) != 0 {
		t.Errorf("%d results of %d, unfinished %v", len(r.Checks), want, r.Unfinished)
	}
	for name, mark := range map[string]string{"junit.xml": "<testcase ", "summary.md": "| pass |"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || strings.Count(string(data), mark) != want {
			t.Errorf("%s holds %d of %d: %v", name, strings.Count(string(data), mark), want, err)
		}
	}
	temps, err := filepath.Glob(filepath.Join(out, "runs", "*", ".new-*"))
	if err != nil || len(temps) != 0 {
		t.Errorf("temporary files left: %v %v", temps, err)
	}
}

// The same with processes, as ginkgo -p and go test ./... start them.
func TestManyProcessesConverge(t *testing.T) {
	const writers, results = 6, 6
	out := t.TempDir()
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestWriterProcess$")
			cmd.Env = append(os.Environ(), "REPORT_TEST_OUT="+out, "REPORT_TEST_WRITER="+strconv.Itoa(w), "BGCHECK_RUN=r")
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("writer %d: %v\n%s", w, err, text)
			}
		})
	}
	group.Wait()
	expectAll(t, out, writers*results)
}

// TestWriterProcess is a helper process of TestManyProcessesConverge.
func TestWriterProcess(t *testing.T) {
	out := os.Getenv("REPORT_TEST_OUT")
	if out == "" {
		t.Skip("runs only as a helper process")
	}
	writer, err := strconv.Atoi(os.Getenv("REPORT_TEST_WRITER"))
	try(t, err)
	run := started(t, out, RunID())
	try(t, fill(open(t, run, fmt.Sprintf("suites/%d", writer), 1), writer, 6))
}
