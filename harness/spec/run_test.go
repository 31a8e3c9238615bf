package spec

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
)

// tiny is the test binary of testdata/tiny, built once.
var tiny = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "bgcheck-tiny-")
	if err != nil {
		return "", err
	}
	builtTiny = filepath.Join(dir, "tiny.test")
	if text, err := exec.Command("go", "test", "-c", "-o", builtTiny, "./testdata/tiny").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build tiny suite: %w\n%s", err, text)
	}
	return builtTiny, nil
})

var builtTiny string

func TestMain(m *testing.M) {
	code := m.Run()
	if builtTiny != "" {
		_ = os.RemoveAll(filepath.Dir(builtTiny))
	}
	os.Exit(code)
}

// suiteCommand runs the tiny suite, directly or by a command before it.
func suiteCommand(t *testing.T, out string, env []string, before ...string) *exec.Cmd {
	t.Helper()
	binary, err := tiny()
	if err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(before), binary)
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.WaitDelay = time.Minute
	cmd.Dir = "testdata/tiny"
	target, err := filepath.Abs("testdata/tiny/bgcheck.yaml") // ginkgo runs a built suite in the binary's folder
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(clean(os.Environ()), "BGCHECK_TARGET="+target, "BGCHECK_OUT="+out, "BGCHECK_BACKEND=fake", "NO_COLOR=1")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// clean takes away what the suite under test must not inherit.
func clean(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool {
		return strings.HasPrefix(v, "BGCHECK_") || strings.HasPrefix(v, "TINY_") || strings.HasPrefix(v, "GINKGO_")
	})
}

func load(t *testing.T, out string) *report.Report {
	t.Helper()
	r, err := report.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verdicts(r *report.Report) map[string]report.Verdict {
	m := map[string]report.Verdict{}
	for _, check := range r.Checks {
		m[check.Name] = check.Verdict
	}
	return m
}

func TestASuiteByGinkgoLeavesTheFourVerdictsInItsReport(t *testing.T) {
	for _, mode := range [][]string{{"go", "tool", "ginkgo"}, {"go", "tool", "ginkgo", "--procs=3"}, nil} {
		t.Run(strings.Join(mode, " "), func(t *testing.T) {
			out := t.TempDir()
			cmd := suiteCommand(t, out, []string{"TINY_ECHO_CONCURRENT=fail", "TINY_STOP_SIGTERM=inconclusive"}, mode...)
			text, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("a run with a failure exits 0:\n%s", text)
			}
			r := load(t, out)
			got := verdicts(r)
			for name, want := range map[string]report.Verdict{
				"echo/round-trip": report.Pass, "echo/concurrent": report.Fail, "stop/sigterm": report.Inconclusive,
				"stop/sigint": report.Skip, "mine/own": report.Pass,
			} {
				if got[name] != want {
					t.Errorf("%s: %q, want %q", name, got[name], want)
				}
			}
			if r.Blender.Version != "9.9.9" || r.Target != "tiny" || r.Backend != "fake" || len(r.Unfinished)+len(r.Problems) != 0 {
				t.Errorf("%+v", r)
			}
			if len(r.Checks) == 0 {
				t.Fatalf("no checks:\n%s", text)
			}
			if last := r.Checks[len(r.Checks)-1].Name; last != "mine/own" {
				t.Errorf("the last is %s, not the suite's own check", last)
			}
			for _, want := range []string{"as TINY_ECHO_CONCURRENT says", "unset TINY_ECHO_CONCURRENT", "stop/sigterm", `two\x00`} {
				if !strings.Contains(string(text), want) {
					t.Errorf("the output lacks %q", want)
				}
			}
			if strings.Contains(string(text), "Full Stack Trace") || strings.Contains(string(text), "goroutine ") {
				t.Error("the output holds a stack trace")
			}
			if t.Failed() {
				t.Logf("%s", text)
			}
		})
	}
}

func TestAGoodSuiteExitsZeroInTheCataloguesOrder(t *testing.T) {
	out := t.TempDir()
	text, err := suiteCommand(t, out, nil).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r := load(t, out)
	if err := r.Err(); err != nil {
		t.Error(err)
	}
	at := -1
	for _, check := range r.Checks {
		here := strings.Index(string(text), check.Name)
		if here <= at {
			t.Errorf("%s is not told in the catalogue's order:\n%s", check.Name, text)
		}
		at = here
	}
}

func TestWhatKeepsASuiteFromRunningIsSaidOnce(t *testing.T) {
	for _, mode := range [][]string{nil, {"go", "tool", "ginkgo", "--procs=2"}} {
		t.Run(strings.Join(mode, " "), func(t *testing.T) {
			out := t.TempDir()
			text, err := suiteCommand(t, out, []string{"TINY_NO_BLENDER=1"}, mode...).CombinedOutput()
			if n := strings.Count(string(text), "bgcheck: no Blender here; install it"); err == nil || n != 1 {
				t.Errorf("exit %v, said %d times:\n%s", err, n, text)
			}
			if r := load(t, out); len(r.Problems) != 1 || r.Err() == nil {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A suite that waits for ever, and its output.
func startWaiting(t *testing.T, cmd *exec.Cmd) *bufio.Reader {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	w.Close()
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the suite ended before its check began: %v", err)
		}
		if strings.HasSuffix(line, "waiting\n") {
			return lines
		}
	}
}

func TestASuiteEndsWhenItsOwnerDoes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs cat")
	}
	owner := exec.Command("cat")
	hold, err := owner.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := suiteCommand(t, t.TempDir(), []string{"TINY_STOP_SIGTERM=wait", fmt.Sprintf("BGCHECK_OWNER=%d", owner.Process.Pid)})
	output := startWaiting(t, cmd)
	hold.Close()
	if err := owner.Wait(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(output) // ends when the suite does
	if err := cmd.Wait(); err == nil {
		t.Error("exit 0")
	}
	if !bytes.Contains(rest, []byte("has ended; so does the run")) {
		t.Errorf("it does not say why it ended: %s", rest)
	}
}

func TestASuiteWhoseOwnerHasGoneDoesNothing(t *testing.T) {
	owner := exec.Command("go", "version")
	if err := owner.Run(); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	text, err := suiteCommand(t, out, []string{fmt.Sprintf("BGCHECK_OWNER=%d", owner.Process.Pid)}).CombinedOutput()
	if err == nil || !bytes.Contains(text, []byte("has ended; so does the run")) {
		t.Errorf("%v: %s", err, text)
	}
	if entries, err := os.ReadDir(out); err != nil || len(entries) != 0 {
		t.Errorf("it wrote to the out folder: %v %v", entries, err)
	}
}

func TestASuiteEndsWhenItsParentIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs sh and kill")
	}
	// The shell waits for the suite; cmd is the shell.
	cmd := suiteCommand(t, t.TempDir(), []string{"TINY_STOP_SIGTERM=wait"}, "sh", "-c", `"$0" & wait`)
	output := startWaiting(t, cmd)
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(output); err != nil { // ends when the suite does
		t.Fatal(err)
	}
}

func TestAnInterruptedSuiteLeavesItsPartAndIsNotGood(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGINT there")
	}
	out := t.TempDir()
	cmd := suiteCommand(t, out, []string{"TINY_STOP_SIGTERM=wait"})
	output := startWaiting(t, cmd)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(output)
	if err := cmd.Wait(); err == nil {
		t.Error("exit 0")
	}
	r := load(t, out)
	got := verdicts(r)
	if got["echo/round-trip"] != report.Pass || got["stop/sigterm"] != report.Inconclusive {
		t.Errorf("%v\n%s", got, rest)
	}
	if !r.Interrupted || report.Status(r) != report.StatusInterrupted || len(r.Unfinished) != 0 {
		t.Errorf("%+v\n%s", r, rest)
	}
}

func TestGoTestNeverAnswersFromItsCache(t *testing.T) {
	for _, place := range []string{"outside the module", "inside the module"} {
		t.Run(place, func(t *testing.T) {
			out := t.TempDir()
			if place == "inside the module" {
				dir, err := os.MkdirTemp("testdata", "out-") //nolint:usetesting // it must lie inside the module
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = os.RemoveAll(dir) })
				if out, err = filepath.Abs(dir); err != nil {
					t.Fatal(err)
				}
			}
			runs := map[string]bool{}
			for range 2 {
				cmd := exec.CommandContext(t.Context(), "go", "test", "./testdata/tiny")
				cmd.Env = append(clean(os.Environ()), "BGCHECK_OUT="+out, "BGCHECK_BACKEND=fake")
				text, err := cmd.CombinedOutput()
				if err != nil || bytes.Contains(text, []byte("(cached)")) {
					t.Errorf("%v: %s", err, text)
				}
				runs[load(t, out).Run] = true
			}
			if len(runs) != 2 {
				t.Errorf("not both ran: %v", runs)
			}
		})
	}
}
