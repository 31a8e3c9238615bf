package checks_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// TestReferenceAddon runs the whole contract on the reference add-on, or on the
// target file that BGCHECK_TARGET names; BGCHECK_CHECKS, a name or an area,
// runs a part of it.
func TestReferenceAddon(t *testing.T) {
	needBlender(t)
	path := os.Getenv("BGCHECK_TARGET")
	if path == "" {
		path = filepath.Join("..", "..", "pyaddon", "bgcheck.yaml")
	}
	under, err := target.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if part := os.Getenv("BGCHECK_CHECKS"); part != "" {
		names = append(names, part)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	results, err := checks.RunAll(ctx, contract.Config{Target: under}, names...)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		asked := !strings.HasPrefix(result.Diagnosis, "needs a container") && !strings.HasPrefix(result.Diagnosis, "the target has no ")
		if result.Verdict != report.Pass && asked {
			t.Errorf("%s must pass", result.Name)
		}
	}
	t.Logf("\n%s", fixtures.Verdicts(results))
}

// TestCodeThatTimersRunPassesWithARemark: our keep-alive fires the timers, and
// an author who does without it must know.
func TestCodeThatTimersRunPassesWithARemark(t *testing.T) {
	needBlender(t)
	for file, want := range map[string]string{
		filepath.Join("testdata", "timed", "bgcheck.yaml"):   "the code is run by bpy.app.timers",
		filepath.Join("..", "..", "pyaddon", "bgcheck.yaml"): "",
	} {
		results := judgeAll(t, file, harness.Local(""), "exec/takes-effect")
		if len(results) != 1 || results[0].Verdict != report.Pass ||
			!strings.HasPrefix(results[0].Remark, want) || (want == "") != (results[0].Remark == "") {
			t.Errorf("%s: %+v", file, results)
		}
	}
}
