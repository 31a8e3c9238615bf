package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
)

// asItMustBe is a proof in which all fixtures are judged as they must be.
func asItMustBe() *fixtures.Proof {
	p := &fixtures.Proof{Blender: "9.9.9", Backend: "local", Checks: checks.Names()}
	for _, f := range fixtures.All() {
		var results []report.Result
		for _, name := range f.Fails {
			verdict := report.Fail
			if strings.HasPrefix(name, "source/") { // they only read
				verdict = report.Warn
			}
			results = append(results, report.Result{Name: name, Verdict: verdict})
		}
		p.Rows = append(p.Rows, fixtures.NewRow(f, results, time.Second))
	}
	return p
}

func TestProofPrintsTheTableAndExitsZeroOnlyWhenAllIsAsItMustBe(t *testing.T) {
	blank(t)
	out := t.TempDir()
	file := filepath.Join(out, "PROOF.md")
	good := asItMustBe()
	if err := good.Write(out); err != nil {
		t.Fatal(err)
	}
	code, text, errout := try(t, "proof", "--out", out, "--write", file)
	if code != 0 || errout != "" || !strings.HasPrefix(text, good.Text()) || !strings.Contains(text, file) {
		t.Errorf("exit %d: %s%s", code, text, errout)
	}
	written, err := os.ReadFile(file)
	if err != nil || !strings.HasSuffix(string(written), good.Markdown()) {
		t.Errorf("%v: %s", err, written)
	}
	t.Setenv("BGCHECK_OUT", out)
	if code, text, _ := try(t, "proof", "--markdown"); code != 0 || text != good.Markdown() {
		t.Errorf("exit %d: %s", code, text)
	}

	bad := asItMustBe()
	bad.Rows[0].Problems = []string{"start/ready must fail and did not"}
	if err := bad.Write(out); err != nil {
		t.Fatal(err)
	}
	if code, text, errout := try(t, "proof"); code != 1 || errout == "" || !strings.Contains(text, "must fail and did not") {
		t.Errorf("a proof that is not good: exit %d: %s%s", code, text, errout)
	}
	bad.Checks = bad.Checks[1:]
	if err := bad.Write(out); err != nil {
		t.Fatal(err)
	}
	if code, _, errout := try(t, "proof"); code != 1 || !strings.Contains(errout, "another catalogue") {
		t.Errorf("a proof of another catalogue: exit %d: %s", code, errout)
	}
	if code, _, errout := try(t, "proof", "--out", t.TempDir()); code != 1 || !strings.Contains(errout, "make proof") {
		t.Errorf("without a proof: exit %d: %s", code, errout)
	}
}

// The proof that is committed must not be older than the catalogue or the fixtures.
func TestTheCommittedProofHoldsEveryCheckAndEveryFixture(t *testing.T) {
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(root, "PROOF.md"))
	if err != nil {
		t.Fatalf("%v; make it by: make proof", err)
	}
	const remedy = "; make it anew by: make proof"
	for _, name := range checks.Names() {
		if !strings.Contains(string(written), fmt.Sprintf("\n| %s | ", name)) {
			t.Errorf("fixtures/PROOF.md lacks %s%s", name, remedy)
		}
		if strings.Contains(string(written), fmt.Sprintf("\n| %s | nothing |", name)) {
			t.Errorf("fixtures/PROOF.md says that %s caught nothing", name)
		}
	}
	for _, f := range fixtures.All() {
		row := fmt.Sprintf("| %s | %s |\n", f.Name, f.Wrong)
		if f.Wrong == "" {
			row = f.Name
		}
		if !strings.Contains(string(written), row) {
			t.Errorf("fixtures/PROOF.md lacks %s%s", f.Folder(), remedy)
		}
	}
}
