package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// orphan makes the run one whose owner has ended, and its end so long ago.
func orphan(t *testing.T, run *Run, ago time.Duration) {
	t.Helper()
	path := filepath.Join(run.Dir(), markerName)
	data, err := json.Marshal(marker{Run: run.ID, Owner: os.Getpid(), Born: "1"})
	try(t, err)
	try(t, os.WriteFile(path, data, 0o644))
	at := time.Now().Add(-ago)
	for _, name := range append([]string{markerName}, mergedNames...) {
		if err := os.Chtimes(filepath.Join(run.Dir(), name), at, at); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestTheLastRunsStayAndOlderOnesGo(t *testing.T) {
	out := t.TempDir()
	var runs []*Run
	for i := range kept + 2 {
		run := started(t, out, fmt.Sprintf("old%d", i))
		try(t, open(t, run, "echo", 1).Finish())
		try(t, os.WriteFile(filepath.Join(run.Dir(), "log.txt"), nil, 0o644))
		orphan(t, run, time.Duration(100-i)*time.Hour)
		runs = append(runs, run)
	}
	notOurs := filepath.Join(out, "runs", "photos", "cat.json")
	try(t, os.MkdirAll(filepath.Dir(notOurs), 0o755))
	try(t, os.WriteFile(notOurs, []byte("{}"), 0o644))

	run := started(t, out, "new")
	try(t, open(t, run, "stop", 1).Add(1, Result{Name: "stop/x", Verdict: Pass}))
	for i, old := range runs {
		if got, want := exists(filepath.Join(old.Dir(), "log.txt")), i >= len(runs)-(kept-1); got != want {
			t.Errorf("run %d of %d is there: %v", i+1, len(runs), got)
		}
		if i < 2 && exists(old.Dir()) {
			t.Errorf("%s is left", old.Dir())
		}
	}
	if !exists(notOurs) {
		t.Error("not ours, and gone")
	}
	if r := load(t, out); len(r.Checks) != 1 || r.Run != "new" {
		t.Errorf("%+v", r)
	}
	old, err := Load(runs[len(runs)-1].Dir())
	if err != nil || old.Run != runs[len(runs)-1].ID {
		t.Errorf("an older run's own report: %v %v", old, err)
	}
}

func TestARunOfItsOwnIsNamedAndOwnedByItself(t *testing.T) {
	t.Setenv("BGCHECK_RUN", "")
	out := t.TempDir()
	run, err := BeginOwn(out)
	try(t, err)
	var m marker
	data, err := os.ReadFile(filepath.Join(run.Dir(), markerName))
	try(t, err)
	try(t, json.Unmarshal(data, &m))
	if m.Owner != os.Getpid() || run.ID == "" || m.Born != procfs.Born(os.Getpid()) {
		t.Errorf("%+v %s", m, run.ID)
	}
	t.Setenv("BGCHECK_RUN", "mine")
	if run, err = BeginOwn(out); err != nil || run.ID != "mine" {
		t.Errorf("%v %v", run, err)
	}
}

// Two runs at once in one folder: each has all its own results, and the folder
// holds the whole report, in all forms, of the one that published last.
func TestTwoRunsAtOnceLoseNothing(t *testing.T) {
	const runs, writers = 2, 3
	out := t.TempDir()
	var group sync.WaitGroup
	for w := range runs * writers {
		group.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestWriterProcess$")
			cmd.Env = append(os.Environ(), "REPORT_TEST_OUT="+out, fmt.Sprintf("REPORT_TEST_WRITER=%d", w), fmt.Sprintf("BGCHECK_RUN=run%d", w%runs))
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("writer %d: %v\n%s", w, err, text)
			}
		})
	}
	group.Wait()
	for i := range runs {
		expectAll(t, filepath.Join(out, "runs", fmt.Sprintf("run%d", i)), writers*6)
	}
	expectAll(t, out, writers*6)
	latest := load(t, out).Run
	for _, name := range mergedNames {
		one, err := os.ReadFile(filepath.Join(out, name))
		try(t, err)
		two, err := os.ReadFile(filepath.Join(out, "runs", latest, name))
		try(t, err)
		if string(one) != string(two) {
			t.Errorf("%s is not that of run %s, which report.json is of", name, latest)
		}
	}
}

func TestRefreshTakesTheRunThatTheEnvironmentNames(t *testing.T) {
	out := t.TempDir()
	try(t, open(t, started(t, out, "one"), "echo", 1).Add(1, Result{Name: "a/b", Verdict: Fail}))
	try(t, open(t, started(t, out, "two"), "echo", 1).Add(1, Result{Name: "a/b", Verdict: Pass}))
	for id, want := range map[string]string{"": "two", "one": "one", "two": "two"} {
		t.Setenv("BGCHECK_RUN", id)
		if r, err := Refresh(out); err != nil || r.Run != want {
			t.Errorf("%q: %v %v", id, r, err)
		}
	}
	t.Setenv("BGCHECK_RUN", "three")
	if _, err := Refresh(out); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "run three") {
		t.Error(err)
	}
}

func TestWhatWasPlannedAndNotJudgedIsNamed(t *testing.T) {
	out := t.TempDir()
	run := started(t, out, "r")
	part := open(t, run, "stop", 1)
	try(t, part.Plan("stop/sigterm", "stop/sigint", "stop/twice"))
	try(t, part.Add(2, Result{Name: "stop/sigint", Verdict: Pass}))
	try(t, part.Finish())
	r := load(t, out)
	if got := strings.Join(r.NotJudged, " "); got != "stop/sigterm stop/twice" || len(r.Planned) != 3 {
		t.Errorf("%v of %v", r.NotJudged, r.Planned)
	}
	if err := r.Err(); err == nil || err.Error() != "not judged: stop/sigterm, stop/twice" || Status(r) != StatusCannotRun {
		t.Errorf("%v, status %d", err, Status(r))
	}
	junit, err := r.JUnit()
	try(t, err)
	sarif, err := r.SARIF()
	try(t, err)
	for form, text := range map[string]string{
		"junit": string(junit), "markdown": r.Markdown(), "table": r.Table("out", false), "sarif": string(sarif), "annotations": r.Annotations(),
	} {
		if !strings.Contains(text, "stop/sigterm") || !strings.Contains(text, "stop/twice") {
			t.Errorf("%s does not name them:\n%s", form, text)
		}
	}
	other := open(t, run, "other", 1)
	try(t, other.Add(1, Result{Name: "stop/twice", Verdict: Pass}))
	try(t, other.Add(0, Result{Name: "stop/sigterm", Verdict: Pass}))
	try(t, other.Finish())
	if r := load(t, out); r.Err() != nil {
		t.Errorf("another suite has judged them: %v", r.Err())
	}
}

func TestAResultThatCouldNotBeWrittenIsNamedAndWrittenLater(t *testing.T) {
	out := t.TempDir()
	run := started(t, out, "r")
	part := open(t, run, "stop", 1)
	try(t, part.Plan("stop/sigterm"))
	// A folder in the place of the part's file refuses every write.
	try(t, os.Remove(part.path))
	try(t, os.MkdirAll(filepath.Join(part.path, "x"), 0o755))
	if err := part.Add(1, Result{Name: "stop/sigterm", Verdict: Pass}); err == nil {
		t.Fatal("written over a folder")
	}
	if err := part.Finish(); err == nil || strings.Join(part.Unwritten(), " ") != "stop/sigterm" {
		t.Errorf("%v, unwritten: %v", err, part.Unwritten())
	}
	if r := load(t, out); r.Err() == nil {
		t.Error("the report that was written before is good")
	}
	try(t, os.RemoveAll(part.path))
	if err := part.Finish(); err != nil || len(part.Unwritten()) > 0 {
		t.Errorf("%v, unwritten: %v", err, part.Unwritten())
	}
	if r := load(t, out); r.Err() != nil {
		t.Error(r.Err())
	}
}

func TestAFullDiskIsToldAndTheReportIsNotGood(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("needs root on Linux, for a small tmpfs")
	}
	out := t.TempDir()
	if text, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", out).CombinedOutput(); err != nil {
		t.Skipf("no tmpfs: %v %s", err, text)
	}
	t.Cleanup(func() {
		if text, err := exec.Command("umount", out).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, text)
		}
	})
	part := open(t, started(t, out, "r"), "stop", 1)
	try(t, part.Plan("stop/sigterm", "stop/sigint"))
	try(t, part.Add(1, Result{Name: "stop/sigint", Verdict: Pass}))
	filler := filepath.Join(out, "filler")
	if os.WriteFile(filler, make([]byte, 1<<20), 0o644) == nil {
		t.Fatal("1 MiB fits into 256 KiB")
	}
	err := part.Add(2, Result{Name: "stop/sigterm", Verdict: Pass})
	if err == nil || !strings.Contains(err.Error(), "no space left") || strings.Join(part.Unwritten(), " ") != "stop/sigterm" {
		t.Errorf("%v, unwritten: %v", err, part.Unwritten())
	}
	r, err := Refresh(out)
	if err != nil || r.Err() == nil || !strings.Contains(r.Err().Error(), "stop/sigterm") {
		t.Errorf("%v %v", r, err)
	}
	try(t, os.Remove(filler))
	if err := part.Finish(); err != nil || load(t, out).Err() != nil {
		t.Errorf("with room again: %v, %v", err, load(t, out).Err())
	}
}
