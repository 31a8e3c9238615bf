package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
)

func TestReportSpeaksToGitHubOnlyWhenItRunsThere(t *testing.T) {
	blank(t)
	out := t.TempDir()
	write(t, out, "r", true, report.Pass, report.Fail)
	if _, text, _ := try(t, "report", "--out", out); strings.Contains(text, "::error") {
		t.Errorf("annotations where nobody asked:\n%s", text)
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	code, text, _ := try(t, "report", "--out", out)
	if code != 1 || !strings.Contains(text, "\n::error title=bgcheck x/fail::why") || strings.Contains(text, "x/pass::") {
		t.Errorf("exit %d:\n%s", code, text)
	}
	if written, err := os.ReadFile(summary); err != nil || !strings.Contains(string(written), "# bgcheck: x") {
		t.Errorf("%v\n%s", err, written)
	}
}

func TestASummaryThatCannotBeWrittenChangesNoVerdict(t *testing.T) {
	blank(t)
	out := t.TempDir()
	write(t, out, "r", true, report.Pass)
	t.Setenv("GITHUB_STEP_SUMMARY", t.TempDir())
	if code, _, errout := try(t, "report", "--out", out); code != 0 || !strings.Contains(errout, "append summary: ") {
		t.Errorf("exit %d: %s", code, errout)
	}
}
