package checks_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

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
