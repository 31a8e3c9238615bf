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
				makeWay(endsRun(false))
				os.Exit(1)
			}
		} else {
			for _, pid := range s.run.Others {
				line := fmt.Sprintf("bgcheck: process %d writes its report to %s as well; this run's own is in %s", pid, s.run.Out, s.run.Dir())
				if s.run.First(line) {
					fmt.Fprintln(os.Stderr, line)
				}
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
		folder := s.run.Out
		if len(s.run.Others) > 0 {
			folder = s.run.Dir()
		}
		lines.Line(fmt.Sprintf("report: %s\n", s.plan.Settings.Show(filepath.Join(folder, report.PageName))))
	}
	if ginkgo.GinkgoParallelProcess() == 1 {
		makeWay(endsRun(good && !t.Failed()))
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
	// closing is what the contracts' own AfterSuite failed with.
	closing string
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
	if len(registered) == 1 {
		ginkgo.ReportBeforeSuite(planAll)
		ginkgo.ReportAfterEach(noteSpec)
		ginkgo.ReportAfterSuite("bgcheck's report", noteSuite)
	}
	if !s.keepOpen && !closesItself {
		closesItself = true
		ginkgo.AfterSuite(func() {
			if err := Close(); err != nil {
				closing = err.Error()
				if config, reporter := ginkgo.GinkgoConfiguration(); ownLines(config, reporter) {
					lines.Line("bgcheck: " + report.Clean(closing) + "\n")
					lines.leaveOut()
				}
				ginkgo.Fail(closing)
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
	s.record(p.order, result)
	told = true
	if ownLines(ginkgo.GinkgoConfiguration()) {
		s.tell(result)
	}
	switch result.Verdict {
	case report.Pass, report.Warn:
	case report.Skip:
		ginkgo.Skip(result.Diagnosis)
	case report.Fail:
		ginkgo.Fail(message(result))
	default:
		ginkgo.Fail("inconclusive: " + message(result))
	}
}

// tell writes the line of a check, and below one that did not pass, the first
// time in the run, all that helps; noteSpec leaves out what Ginkgo would say of it.
func (s *suite) tell(result report.Result) {
	text := s.reasons.Line(result, colour())
	switch {
	case result.Verdict == report.Pass || result.Verdict == report.Skip:
	case s.firstToTell(result):
		text += result.Block(report.View{}) + "\n"
	default: // a suite that was kept from asking anything has told it
		text = strings.TrimSuffix(text, "\n") + "  as told above\n"
	}
	lines.Line(text)
}

// firstToTell is true once in the run for what is seen and said of one fault.
func (s *suite) firstToTell(result report.Result) bool {
	return s.run.First(result.Name + "\n" + result.Seen + "\n" + result.Diagnosis)
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

// message is what a spec that did not pass says where Ginkgo tells it: the same
// block as in our own lines.
func message(r report.Result) string {
	return r.Name + "\n" + strings.TrimRight(r.Block(report.View{}), "\n")
}
