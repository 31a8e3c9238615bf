package spec

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
	"github.com/bgcheck/bgcheck/harness/target"
)

func TestEveryAreaOfTheCatalogueHasItsSuite(t *testing.T) {
	const folder = "../../suites"
	want := map[string]bool{}
	for _, area := range checks.Areas() {
		want[area] = true
		source, err := os.ReadFile(filepath.Join(folder, area, area+"_suite_test.go"))
		if err != nil {
			t.Errorf("area %s has no suite: %v", area, err)
			continue
		}
		if !strings.Contains(string(source), `spec.Run(t, "`+area+`")`) {
			t.Errorf("suites/%s does not run area %s", area, area)
		}
		if !regexp.MustCompile(`(?m)^\s*(_ )?"github.com/onsi/ginkgo/v2"`).Match(source) {
			t.Errorf("suites/%s does not import ginkgo, by which the ginkgo command knows a suite", area)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() && !want[entry.Name()] {
			t.Errorf("suites/%s is no area of the catalogue", entry.Name())
		}
	}
}

// prepared is a suite whose preparation is done, on a backend that starts nothing.
func prepared(t *testing.T, options ...Option) *suite {
	t.Helper()
	s := newSuite(options...)
	run, err := report.Begin(t.TempDir(), "r")
	if err != nil {
		t.Fatal(err)
	}
	part, err := run.Part("x", 1, report.Head{})
	if err != nil {
		t.Fatal(err)
	}
	under := &target.Target{Name: "x", Launch: target.Launch{Script: "x.py"}}
	s.prepareOnce.Do(func() {})
	s.run, s.part, s.name = run, part, "x"
	s.plan = &setup.Plan{Target: under, Backend: nothing{}}
	return s
}

type nothing struct{ harness.Backend }

func (nothing) Name() string { return "nothing" }

func (nothing) Info(context.Context) (harness.Info, error) {
	return harness.Info{}, errors.New("no Blender")
}

func TestACheckThatDoesNotEndIsGivenUpAndTheNextOneRuns(t *testing.T) {
	stuck = 10 * time.Millisecond
	t.Cleanup(func() { stuck = 20 * time.Second })
	s := prepared(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithCancel(t.Context())
	hang := contract.Check{Name: "a/hangs", Run: func(context.Context, *contract.Session) report.Result {
		cancel()
		<-release
		return report.Result{Verdict: report.Pass}
	}}
	if r := s.judge(ctx, hang); r.Verdict != report.Inconclusive || !strings.Contains(r.Diagnosis, "did not end") || r.Name != "a/hangs" {
		t.Errorf("%+v", r)
	}
	next := contract.Check{Name: "a/next", Run: func(context.Context, *contract.Session) report.Result {
		return report.Result{Verdict: report.Pass}
	}}
	stuck = time.Minute
	if r := s.judge(t.Context(), next); r.Verdict != report.Pass {
		t.Errorf("%+v", r)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestOptionsThatSayTheImpossibleNameTheNearestWord(t *testing.T) {
	judge := func(context.Context, *contract.Session) report.Result { return report.Result{} }
	for _, test := range []struct {
		option Option
		want   string
	}{
		{Areas("ecko"), `no area "ecko"; did you mean echo?`},
		{Skip("stop/sigtrem", "x"), `spec.Skip: no check "stop/sigtrem"; did you mean stop/sigterm`},
		{Replace("takes-effect", judge), `spec.Replace: no check "takes-effect"; did you mean exec/takes-effect?`},
		{Add(contract.Check{Name: "mine/x"}), `needs a name "area/statement" and a Run`},
		{Add(contract.Check{Name: "mine", Run: judge}), `needs a name "area/statement" and a Run`},
		{Add(contract.Check{Name: "start/ready", Run: judge}), `is in the catalogue; use spec.Replace`},
	} {
		_, err := newSuite(test.option).checks()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

func TestReplacedChecksKeepTheirPlaceAndNeedNothing(t *testing.T) {
	judge := func(context.Context, *contract.Session) report.Result { return report.Result{Seen: "mine"} }
	list, err := newSuite(Areas("exec"), Replace("exec/takes-effect", judge)).checks()
	if err != nil || len(list) != len(checks.Area("exec")) {
		t.Fatalf("%d checks, %v", len(list), err)
	}
	for _, p := range list {
		if p.check.Name == "exec/takes-effect" {
			if p.check.Needs != nil || p.check.Run(t.Context(), nil).Seen != "mine" || p.check.True == "" {
				t.Errorf("%+v", p.check)
			}
		}
		if checks.All()[p.order].Name != p.check.Name {
			t.Errorf("%s stands at %d", p.check.Name, p.order)
		}
	}
}

func TestALineStandsInPlaceOfItsSpecsDot(t *testing.T) {
	const dot = "\x1b[38;5;10m•\x1b[0m"
	var b bytes.Buffer
	p := &progress{to: &b}
	write := func(text string) {
		if n, err := p.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%q: %d %v", text, n, err)
		}
	}
	write("[1] suite - 5/5 specs ")
	p.Line("pass a\n")
	write(dot)
	p.Line("skip b\n")
	write("S")
	write("•") // a spec of the author's own
	p.Line("fail c\n")
	write("c failed\n")
	write("•") // again
	write("")
	write(" SUCCESS! 1s ")
	p.Line("report\n")
	if want := "[1] suite - 5/5 specs \npass a\nskip b\n•\nfail c\nc failed\n• SUCCESS! 1s \nreport\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestTheMessageOfAFailureIsWhatTheReportsBlockSays(t *testing.T) {
	r := report.Result{Name: "a/b", Verdict: report.Fail, Expected: "E", Seen: "S", Diagnosis: "D", Fix: "F\n  code", Command: "C"}
	want := "a/b\n  seen      S\n  cause     D\n  remedy    F\n              code\n  $ C"
	if got := message(r); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTheFrameAroundAFailureThatWasToldIsLeftOut(t *testing.T) {
	const line = "\x1b[38;5;243m------------------------------\x1b[0m"
	block := []string{line, "\n", "• [FAILED]", "\n", "[It] a/b", "\n", "\n", "why", "\n", line, "\n"}
	for name, writes := range map[string][]string{
		"first":            append([]string{"\n"}, block...),
		"behind another":   block[2:], // the dashes of one end are those of the next's begin
		"on a line begun":  append([]string{"\n"}, block...),
		"before a newline": block,
	} {
		var b bytes.Buffer
		p := &progress{to: &b}
		p.Line("fail a/b\n")
		p.leaveOut()
		for _, text := range append(writes, "\n", "Summarizing", line) {
			_, _ = p.Write([]byte(text))
		}
		if want := "fail a/b\n\nSummarizing" + line; b.String() != want {
			t.Errorf("%s: %q, want %q", name, b.String(), want)
		}
	}
}
