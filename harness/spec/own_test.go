package spec

import (
	"os"
	"os/exec"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// The example suite, on a real Blender. Not by the ginkgo command, which would
// build it into its own folder and so get in the way of another run.
func TestTheExampleSuiteRunsOnARealBlender(t *testing.T) {
	if _, err := harness.Local("").Info(t.Context()); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_BLENDER") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-v", "./testdata/own")
	cmd.Env = append(clean(os.Environ()), "BGCHECK_OUT="+out, "NO_COLOR=1")
	if blender := os.Getenv("BGCHECK_BLENDER"); blender != "" {
		cmd.Env = append(cmd.Env, "BGCHECK_BLENDER="+blender)
	}
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r := load(t, out)
	got := verdicts(r)
	for name, want := range map[string]report.Verdict{
		"echo/round-trip": report.Pass, "echo/concurrent": report.Skip, "mine/no-warnings": report.Pass,
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q\n%s", name, got[name], want, text)
		}
	}
	if r.Blender.Version == "" || r.Target != "tcp_echo" || r.Checks[0].Command == "" {
		t.Errorf("%+v", r)
	}
}
