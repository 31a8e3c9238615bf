package spec

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/bgcheck/bgcheck/harness/report"
)

// Run registers the checks of one area as specs and runs them as a suite. When
// there is something that keeps it from running at all (no Blender, a mistake
// in the target file), it says so in one line and fails.
func Run(t *testing.T, area string) {
	t.Helper()
	s := newSuite(Areas(area))
	config, reporter := ginkgo.GinkgoConfiguration()
	serial := config.ParallelTotal <= 1
	s.register()
	if !config.DryRun {
		if s.prepare() != nil {
			// In parallel a process that simply ended would be reported at great
			// length; there the first spec aborts the suite.
			if serial {
				fmt.Fprintln(os.Stderr, s.why())
				os.Exit(1)
			}
		} else {
			for _, pid := range s.run.Others {
				fmt.Fprintf(os.Stderr, "bgcheck: process %d writes its report to %s as well; give one of the two its own --out or BGCHECK_OUT\n", pid, s.run.Out)
			}
		}
	}
	if ownLines(config, reporter) {
		reporter.NoColor = reporter.NoColor || !report.Colour(os.Stdout)
	}
	good := ginkgo.RunSpecs(t, "bgcheck "+area, config, reporter)
	// Where no spec was in focus Ginkgo has run no AfterSuite.
	if err := Close(); err != nil {
		t.Error(err)
	}
	// Of many good suites none tells; the table at the end does.
	if s.run != nil && s.prepareErr == nil && ownLines(config, reporter) && (!reporter.Succinct || !good) {
		lines.Line(fmt.Sprintf("report: %s\n", s.plan.Settings.Show(filepath.Join(s.run.Out, "summary.md"))))
	}
}

// Contract registers the catalogue's checks as specs of the suite that is being
// declared, and returns true so that it can stand at package level:
//
//	var _ = spec.Contract(spec.Target("bgcheck.yaml"))
func Contract(options ...Option) bool {
	s := newSuite(options...)
	s.register()
	return true
}

var (
	registeredMu sync.Mutex
	registered   []*suite
	closesItself bool
)

// Close ends the Blenders that the contracts started and finishes the report.
// Contract does it by itself unless KeepOpen was given. It may be called twice.
func Close() error {
	registeredMu.Lock()
	defer registeredMu.Unlock()
	var all error
	for _, s := range registered {
		all = errors.Join(all, s.close())
	}
	return all
}

// register declares the specs. Flags are not parsed yet when it is called at
// package level; only what is inside the containers may look at them.
func (s *suite) register() {
	checks, err := s.checks()
	formatter.ColorableStdOut = lines
	registeredMu.Lock()
	registered = append(registered, s)
	if !s.keepOpen && !closesItself {
		closesItself = true
		ginkgo.AfterSuite(func() {
			if err := Close(); err != nil {
				ginkgo.Fail("close: " + err.Error())
			}
		})
	}
	registeredMu.Unlock()
	ginkgo.Describe("bgcheck", func() {
		if err != nil {
			ginkgo.It("has a contract", func() { ginkgo.Fail(err.Error()) })
			return
		}
		config, _ := ginkgo.GinkgoConfiguration()
		var most time.Duration
		if config.DryRun || s.prepare() != nil {
			most = limit(nil)
		} else {
			most = limit(s.plan.Target)
		}
		for _, place := range checks {
			ginkgo.It(place.check.Name, ginkgo.Label(areaOf(place.check.Name)), place.location(),
				ginkgo.SpecTimeout(most+2*stuck), ginkgo.GracePeriod(stuck),
				func(ctx ginkgo.SpecContext) {
					within, cancel := context.WithTimeout(ctx, most)
					defer cancel()
					s.spec(within, place)
				})
		}
	})
}

// spec is the body of one It.
func (s *suite) spec(ctx context.Context, p place) {
	if s.prepare() != nil {
		ginkgo.AbortSuite(s.why())
	}
	result := s.judge(ctx, p.check)
	if result.Verdict == report.Fail && ctx.Err() != nil {
		result.Verdict = report.Inconclusive
		result.Diagnosis = strings.TrimSpace(fmt.Sprintf("%v before the check came to its end; %s", context.Cause(ctx), result.Diagnosis))
	}
	if err := s.record(p.order, result); err != nil {
		ginkgo.AbortSuite("bgcheck: " + err.Error())
	}
	if ownLines(ginkgo.GinkgoConfiguration()) {
		line := result
		if result.Verdict != report.Skip {
			line.Diagnosis, line.Seen = "", "" // Ginkgo shows all of it right behind
		}
		lines.Line(s.reasons.Line(line, colour()))
	}
	switch result.Verdict {
	case report.Pass:
	case report.Skip:
		ginkgo.Skip(result.Diagnosis)
	case report.Fail:
		ginkgo.Fail(message(result))
	default:
		ginkgo.Fail("inconclusive: " + message(result))
	}
}

// lines is where Ginkgo's reporter and the lines of the checks go in a serial run.
var lines = &progress{to: formatter.ColorableStdOut}

// ownLines tells whether there is a line for each check in place of Ginkgo's
// dots. In parallel Ginkgo keeps the output of the processes back, and asked to
// be verbose it tells more itself.
func ownLines(config types.SuiteConfig, reporter types.ReporterConfig) bool {
	return config.ParallelTotal <= 1 && reporter.Verbosity().LT(types.VerbosityLevelVerbose) && !reporter.FdOutput
}

func colour() bool {
	_, reporter := ginkgo.GinkgoConfiguration()
	return !reporter.NoColor && report.Colour(os.Stdout)
}

// evidenceShown is how many lines of evidence a failed spec prints, the last;
// the report has them all.
const evidenceShown = 25

// message is what a spec that did not pass says: enough to understand what
// happened.
func message(r report.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s", r.Name, r.Details())
	evidence := r.Evidence
	if len(evidence) > 0 {
		b.WriteString("evidence:\n")
	}
	if more := len(evidence) - evidenceShown; more > 0 {
		fmt.Fprintf(&b, "  ... %d lines more in the report\n", more)
		evidence = evidence[more:]
	}
	for _, line := range evidence {
		fmt.Fprintf(&b, "  %s\n", report.Clean(line))
	}
	return strings.TrimRight(b.String(), "\n")
}
