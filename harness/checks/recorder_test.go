package checks_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/target"
)

// TestTheRecorderChangesNoVerdict runs the contract with the recorder in every life:
// on a few fixtures, or on all with BGCHECK_RECORD_ALL=1.
func TestTheRecorderChangesNoVerdict(t *testing.T) {
	needBlender(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	few := []string{"right/queue-and-step", "wrong/exec-timers", "wrong/script-returns"}
	for _, f := range fixtures.All() {
		if !slices.Contains(few, f.Folder()) && os.Getenv("BGCHECK_RECORD_ALL") != "1" {
			continue
		}
		t.Run(f.Folder(), func(t *testing.T) {
			t.Parallel()
			under, err := target.Load(f.File(root))
			if err != nil {
				t.Fatal(err)
			}
			results, err := checks.RunAll(t.Context(), contract.Config{Target: under, Out: t.TempDir(), Record: true})
			if err != nil {
				t.Error(err)
			}
			if row := fixtures.NewRow(f, results, time.Second); len(row.Problems) > 0 {
				t.Errorf("with the recorder: %s\n%s", strings.Join(row.Problems, "\n  "), fixtures.Verdicts(results))
			}
		})
	}
}
