package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// committed makes a git repository of the target file's folder, with one commit.
func committed(t *testing.T, folder string) {
	t.Helper()
	for _, words := range [][]string{
		{"init", "--quiet"}, {"add", "bgcheck.yaml", "serve.py"},
		{"-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "--message", "base"},
	} {
		if said, err := exec.Command("git", append([]string{"-C", folder}, words...)...).CombinedOutput(); err != nil { //nolint:gosec // the test's own words
			t.Fatalf("git %v: %v\n%s", words, err, said)
		}
	}
}

func TestTheGateFindsALostCheckAndKnowsWhatTheBaseHas(t *testing.T) {
	file, out := fakeTarget(t, serving)
	committed(t, filepath.Dir(file))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(text), serving, serving+`, FAKE_STOP_CODE: "3"`, 1)
	if err := os.WriteFile(file, []byte(broken), 0o644); err != nil { //nolint:gosec // as any source
		t.Fatal(err)
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	code, said, errout := try(t, "gate", file, "--base", "HEAD", "--rounds", "1", "--check", "stop/sigterm")
	if code != int(NotGood) || !strings.Contains(said, "regression: stop/sigterm fails") || !strings.Contains(said, "control: ") {
		t.Errorf("exit %d: %s%s", code, said, errout)
	}
	if text, err := os.ReadFile(summary); err != nil || !strings.Contains(string(text), "## bgcheck gate: fake") {
		t.Errorf("%v\n%s", err, text)
	}
	if text, err := os.ReadFile(filepath.Join(out, "gate.txt")); err != nil || !strings.Contains(string(text), "BenchmarkTarget/ready 1 ") {
		t.Errorf("%v\n%s", err, text)
	}
	if status, err := exec.Command("git", "-C", filepath.Dir(file), "worktree", "list").Output(); err != nil || strings.Count(string(status), "\n") != 1 {
		t.Errorf("the repository has worktrees: %s", status)
	}
	// What was recorded is the base now: it fails there as well.
	for _, test := range []struct {
		flags  string
		status Status
		want   string
	}{{"", NotGood, "what fails on the base fails still"}, {"--new-only", Good, "no regression"}} {
		words := append([]string{"gate", file, "--base", filepath.Join(out, "gate.json"), "--rounds", "1", "--check", "stop/sigterm"}, strings.Fields(test.flags)...)
		code, said, errout = try(t, words...)
		if code != int(test.status) || !strings.Contains(said, test.want) || !strings.Contains(said, "checks known: fail on the base as well: stop/sigterm") {
			t.Errorf("%s: exit %d: %s%s", test.flags, code, said, errout)
		}
	}
}

func TestTheGateSaysWhatIsWrongWithItsBase(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	for _, test := range []struct{ want, args string }{
		{"lies in no git repository", "--base main"},
		{"takes a number above 0", "--rounds 0"},
		{"read gate record", "--base " + file},
	} {
		code, _, errout := try(t, append([]string{"gate", file}, strings.Fields(test.args)...)...)
		if code != int(Wrong) || !strings.Contains(errout, test.want) {
			t.Errorf("%s: exit %d: %s", test.args, code, errout)
		}
	}
	committed(t, filepath.Dir(file))
	if code, _, errout := try(t, "gate", file, "--base", "--output=x"); code != int(Wrong) {
		t.Errorf("exit %d: %s", code, errout)
	}
	if code, _, errout := try(t, "gate", file, "--base", "nowhere"); code != int(Wrong) || !strings.Contains(errout, "neither a gate record nor a commit") {
		t.Errorf("exit %d: %s", code, errout)
	}
}
