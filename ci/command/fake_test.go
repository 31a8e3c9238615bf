package command

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// built are programs of this module, each built once.
var built = struct {
	sync.Mutex
	folder string
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// build is the path of the program of that package.
func build(t *testing.T, pkg string) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if built.folder == "" {
		folder, err := os.MkdirTemp("", "bgcheck-command-") //nolint:usetesting // it outlives the test
		if err != nil {
			t.Fatal(err)
		}
		built.folder = folder
	}
	file := filepath.Join(built.folder, filepath.Base(pkg))
	if isFile(file) {
		return file
	}
	if text, err := exec.Command("go", "build", "-o", file, pkg).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, text)
	}
	return file
}

// fakeTarget writes a target file for the fake Blender, and sets the environment
// so that it is judged on it. It returns the out folder.
func fakeTarget(t *testing.T, env string) (file, out string) {
	t.Helper()
	blank(t)
	folder := t.TempDir()
	file, out = filepath.Join(folder, "bgcheck.yaml"), filepath.Join(folder, "out")
	text := fmt.Sprintf("name: fake\nlaunch: {script: serve.py}\nenv: {%s}\necho: '{\"message\": \"{message}\"}'\n"+
		"budgets: {quiet: 200ms, stop: 5s}\n", env)
	for name, content := range map[string]string{file: text, filepath.Join(folder, "serve.py"): "# the fake's\n"} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("BGCHECK_BLENDER", build(t, "github.com/bgcheck/bgcheck/fixtures/fakeblender"))
	t.Setenv("BGCHECK_OUT", out)
	return file, out
}

const serving = `FAKE_PORT: "{port}"`

func load(t *testing.T, out string) *report.Report {
	t.Helper()
	r, err := report.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func judgedIn(r *report.Report) string {
	var list []string
	for _, check := range r.Checks {
		list = append(list, check.Name+" "+string(check.Verdict))
	}
	return strings.Join(list, ", ")
}

func TestWhatWasAskedForDecides(t *testing.T) {
	for _, test := range []struct {
		name, env, args string
		status          Status
		checks          string
	}{
		{"it passes", serving, "--check echo/concurrent", Good, "echo/concurrent pass"},
		{"it never becomes ready, and the check that says so was not asked for", `FAKE_EXIT: "0"`,
			"--check echo --check stop/sigterm", NotGood, "start/ready fail, echo/round-trip skip, echo/concurrent skip, echo/clean-wire skip, stop/sigterm skip"},
		{"all of it is left out", serving, "--check echo/concurrent --skip echo=why", CouldNot, "echo/concurrent skip"},
		{"part of it is left out", serving, "--check echo --skip echo/r*", Good, "echo/round-trip skip, echo/concurrent pass, echo/clean-wire skip"},
		{"a failure", serving + `, FAKE_STOP_CODE: "3"`, "--check stop/sigterm --check start/ready", NotGood, "start/ready pass, stop/sigterm fail"},
		{"several times", serving, "--check echo/concurrent --repeat 2", Good, "echo/concurrent pass"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, out := fakeTarget(t, test.env)
			code, text, errout := try(t, append([]string{"check", file}, strings.Fields(test.args)...)...)
			r := load(t, out)
			if got := judgedIn(r); code != int(test.status) || got != test.checks || errout != "" {
				t.Errorf("exit %d: %s\n%s%s", code, got, text, errout)
			}
		})
	}
}

func TestTheFirstFailureEndsTheRunAndTheLastOneIsTakenUp(t *testing.T) {
	file, out := fakeTarget(t, serving+`, FAKE_STOP_CODE: "3"`)
	code, text, _ := try(t, "check", file, "--check", "start/ready,stop/sigterm,stop/sigint", "--fail-fast", "--side=1")
	r := load(t, out)
	if code != int(NotGood) || judgedIn(r) != "start/ready pass, stop/sigterm fail" || strings.Join(r.NotJudged, " ") != "stop/sigint" {
		t.Errorf("exit %d: %s; not judged: %v\n%s", code, judgedIn(r), r.NotJudged, text)
	}
	code, text, _ = try(t, "check", file, "--last-failed")
	if r := load(t, out); code != int(NotGood) || judgedIn(r) != "stop/sigterm fail" {
		t.Errorf("exit %d: %s\n%s", code, judgedIn(r), text)
	}
}

func TestEventsForProgramsAreOneObjectALine(t *testing.T) {
	file, out := fakeTarget(t, serving)
	code, text, errout := try(t, "check", file, "--check", "echo/concurrent", "--json")
	if code != 0 || errout != "" {
		t.Fatalf("exit %d: %s", code, errout)
	}
	var seen []string
	for line := range strings.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		seen = append(seen, fmt.Sprint(e["event"]))
		if e["event"] == "summary" && (e["passed"] != 1.0 || e["exit"] != 0.0 || e["report"] != filepath.Join(out, "report.json")) {
			t.Errorf("summary: %s", line)
		}
	}
	if got := strings.Join(seen, " "); got != "start expect begun done summary" {
		t.Error(got)
	}
}

func TestWhatKeepsItFromRunningIsSaidAndStandsInTheReport(t *testing.T) {
	file, out := fakeTarget(t, serving)
	code, _, errout := try(t, "check", file, "--blender=/nonexistent/blender")
	if r := load(t, out); code != int(CouldNot) || !strings.Contains(errout, "/nonexistent/blender") || len(r.Problems) != 1 || len(r.NotJudged) == 0 {
		t.Errorf("exit %d: %s %+v", code, errout, r)
	}
	if code, _, errout := try(t, "check", file, "--out", file); code != int(CouldNot) || !strings.Contains(errout, "--out") {
		t.Errorf("no out folder: exit %d: %s", code, errout)
	}
	if err := os.WriteFile(file, []byte("addom: x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errout := try(t, "check", file); code != int(Wrong) || !strings.Contains(errout, "bgcheck.yaml:1:1") {
		t.Errorf("a mistake in the file: exit %d: %s", code, errout)
	}
}

func TestAnAddonWithoutATargetFileIsReadAndAssumptionsAreSaid(t *testing.T) {
	blank(t)
	t.Setenv("BGCHECK_BLENDER", build(t, "github.com/bgcheck/bgcheck/fixtures/fakeblender"))
	folder := t.TempDir()
	t.Setenv("BGCHECK_OUT", filepath.Join(folder, "out"))
	addon := filepath.Join(folder, "echo_addon")
	if err := os.CopyFS(addon, os.DirFS("../../fixtures/lib/seed_echo")); err != nil {
		t.Fatal(err)
	}
	code, text, errout := try(t, "check", addon, "--check", "start/ready")
	if code != int(NotGood) || !strings.Contains(text, "has no target file") || !strings.Contains(text, "bgcheck init "+addon) {
		t.Errorf("exit %d: %s%s", code, text, errout)
	}
	if isFile(filepath.Join(folder, "bgcheck.yaml")) {
		t.Error("it wrote a target file")
	}
	if code, _, errout := try(t, "init", addon); code != 0 {
		t.Fatalf("exit %d: %s", code, errout)
	}
	if code, text, _ := try(t, "check", addon, "--check", "start/ready"); code != int(NotGood) || strings.Contains(text, "has no target file") {
		t.Errorf("the file beside it is not heeded: exit %d: %s", code, text)
	}
}

// realBlender skips the test where there is none.
func realBlender(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := harness.Local("").Info(ctx); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_BLENDER") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

func replace(t *testing.T, file, old, by string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s lacks %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, by, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withoutGo is a PATH without the go command.
func withoutGo(t *testing.T) string {
	t.Helper()
	folders := slices.DeleteFunc(filepath.SplitList(os.Getenv("PATH")), func(folder string) bool {
		return isFile(filepath.Join(folder, "go"))
	})
	return strings.Join(folders, string(os.PathListSeparator))
}
