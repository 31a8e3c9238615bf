package command

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/report"
)

func TestTheMatrixSaysEachVersionsProblemInItsColumnAndHidesNoOther(t *testing.T) {
	g := NewWithT(t)
	table := matrixTable([]column{
		{name: "2.83", problem: "no image bgcheck/blender:2.83: see out/images/2.83.log"},
		{name: "3.4", blender: "3.4.1", verdicts: map[string]report.Result{
			"start/ready":  {Name: "start/ready", Verdict: report.Pass},
			"stop/sigterm": {Name: "stop/sigterm", Verdict: report.Fail, Diagnosis: "no handler"},
		}},
	})
	g.Expect(table).To(MatchRegexp(`(?m)^\| start/ready +\| none   \| pass   \|$`))
	g.Expect(table).To(MatchRegexp(`(?m)^\| stop/sigterm +\| none   \| fail   \|$`))
	g.Expect(table).To(MatchRegexp(`(?m)^\| idle/cpu +\| none   \| -      \|$`))
	g.Expect(table).To(ContainSubstring("stop/sigterm on 3.4: no handler\n"))
	g.Expect(table).To(ContainSubstring("2.83: no image"))
}

func TestTheMatrixWithoutAReportIsNotGood(t *testing.T) {
	g := NewWithT(t)
	var out, errout bytes.Buffer
	g.Expect(Main([]string{"matrix", t.TempDir()}, &out, &errout)).To(Equal(int(NotGood)))
	page := filepath.Join(t.TempDir(), "all.html")
	g.Expect(Main([]string{"matrix", "--to", page, t.TempDir()}, &out, &errout)).To(Equal(int(NotGood)))
	g.Expect(os.ReadFile(page)).To(ContainSubstring("could not run: "))
	g.Expect(Main([]string{"matrix"}, &out, &errout)).To(Equal(int(Wrong)))
}
