package spec

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
	"github.com/bgcheck/bgcheck/harness/target"
)

var flags = setup.AddFlags(flag.CommandLine)

// RegisterBackend adds a backend that -backend can name; see setup.RegisterBackend.
func RegisterBackend(name string, make setup.MakeBackend) { setup.RegisterBackend(name, make) }

// suite is one contract on one target in one Ginkgo process.
type suite struct {
	// As the options say.
	target   string
	areas    []string
	replaced map[string]Judge
	skips    map[string]string
	added    []contract.Check
	keepOpen bool

	prepareOnce sync.Once
	prepareErr  error
	plan        *setup.Plan
	run         *report.Run
	part        *report.Part
	name        string

	session   *contract.Session
	abandoned int
	reasons   report.Reasons
	// results are those of this process, for what they have in common.
	results []report.Result
	closed  bool
}

func newSuite(options ...Option) *suite {
	s := &suite{replaced: map[string]Judge{}, skips: map[string]string{}}
	for _, option := range options {
		option(s)
	}
	return s
}

// prepare finds and checks all that the suite needs, and opens its part of the
// report. It does so once; the error is the same each time.
func (s *suite) prepare() error {
	s.prepareOnce.Do(func() { s.prepareErr = s.tryPrepare() })
	return s.prepareErr
}

func (s *suite) tryPrepare() error {
	if err := watchOwners(); err != nil {
		return err
	}
	noteInterrupts()
	here, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the suite's folder: %w", err)
	}
	settings, settingsErr := flags.Resolve(setup.Invocation())
	if s.target != "" {
		settings.Target, settingsErr = s.target, nil
		if !filepath.IsAbs(s.target) {
			settings.Target = filepath.Join(here, s.target)
		}
	}
	// Out is known even when the target is not, so that the report can say so.
	if s.run, err = report.Begin(settings.Out, report.RunID()); err != nil {
		return errors.Join(settingsErr, fmt.Errorf("%w; name another by --out or BGCHECK_OUT", err))
	}
	if s.name, err = filepath.Rel(setup.ModuleRoot(here), here); err != nil || s.name == "." {
		s.name = filepath.Base(here)
	}
	s.name = filepath.ToSlash(s.name) + nth(here)
	if s.part, err = s.run.Part(s.name, ginkgo.GinkgoParallelProcess(), report.Head{Backend: settings.Backend, Machine: report.ThisMachine()}); err != nil {
		return err
	}
	uncache(s.run.Out)
	s.plan = &setup.Plan{Settings: settings}
	prepareErr := settingsErr
	if prepareErr == nil {
		s.plan, prepareErr = setup.Prepare(context.Background(), settings)
	}
	if prepareErr != nil {
		return errors.Join(prepareErr, s.part.Describe(s.plan.Head()), s.part.Problem(setup.Line(prepareErr)), s.part.Finish())
	}
	under := settings.Adapt(s.plan.Target)
	under.Skip = maps.Clone(under.Skip)
	if under.Skip == nil {
		under.Skip = map[string]string{}
	}
	maps.Copy(under.Skip, s.skips)
	s.plan.Target = under
	return s.part.Describe(s.plan.Head())
}

var (
	nthMu sync.Mutex
	suits = map[string]int{}
)

// nth tells several contracts of one package apart in the report's parts.
func nth(here string) string {
	nthMu.Lock()
	defer nthMu.Unlock()
	suits[here]++
	if n := suits[here]; n > 1 {
		return fmt.Sprintf(" (%d)", n)
	}
	return ""
}

// why says in one line what keeps the suite from running: in full to the first
// of the run's processes that asks, as six times the same line help nobody. It
// is to be said at once.
func (s *suite) why() string {
	if s.run != nil && !s.run.First(setup.Line(s.prepareErr)) {
		return "bgcheck: cannot run, for the reason that another suite gave"
	}
	return "bgcheck: " + setup.Line(s.prepareErr)
}

// open gives the session, and opens it when there is none.
func (s *suite) open() (*contract.Session, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if s.session != nil {
		return s.session, nil
	}
	dir := fmt.Sprintf("%s-%d", strings.NewReplacer("/", "_", " ", "").Replace(s.name), ginkgo.GinkgoParallelProcess())
	if s.abandoned > 0 {
		dir += fmt.Sprintf("-%d", s.abandoned)
	}
	session, err := contract.Open(contract.Config{
		Target: s.plan.Target, Backend: s.plan.Backend, Out: filepath.Join(s.run.Dir(), dir), Faults: s.run.Dir(),
		Thorough: s.plan.Settings.Thorough, Courses: s.part.AddCourse,
	})
	if err != nil {
		return nil, err
	}
	s.session = session
	return session, nil
}

// judge runs one check. It returns within the time that ctx leaves and a grace,
// also when the check does not: then the session is given up for a new one.
func (s *suite) judge(ctx context.Context, check contract.Check) report.Result {
	if reason := cmp.Or(s.plan.Unsupported(), s.plan.Settings.NotTried(check.Name)); reason != "" {
		return report.Result{Name: check.Name, Verdict: report.Skip, Expected: check.True, Seen: "not tried", Diagnosis: reason}
	}
	session, err := s.open()
	if err != nil {
		return report.Result{Name: check.Name, Verdict: report.Inconclusive, Expected: check.True, Diagnosis: err.Error()}
	}
	started := time.Now()
	judged := make(chan report.Result, 1)
	go func() { judged <- session.Run(ctx, check) }()
	select {
	case result := <-judged:
		return result
	case <-ctx.Done():
	}
	select {
	case result := <-judged:
		return result
	case <-time.After(stuck):
	}
	s.session = nil
	s.abandoned++
	closing := make(chan struct{})
	go func() {
		_ = session.Close()
		close(closing)
	}()
	select {
	case <-closing:
	case <-time.After(stuck / 2):
	}
	return report.Result{
		Name: check.Name, Verdict: report.Inconclusive, Seconds: time.Since(started).Seconds(), Expected: check.True,
		Seen:      "the check itself did not end",
		Diagnosis: fmt.Sprintf("the check did not end when it was told to (%v), and was given up", context.Cause(ctx)),
	}
}

// stuck is how long a check may go on after its time is over. Tests shorten it.
var stuck = contract.Stuck

// limit is the time a check may take: a safety net, far above what the budgets
// of the target add up to.
func limit(t *target.Target) time.Duration {
	if t == nil {
		return 5 * time.Minute
	}
	return contract.Limit(t)
}

// record adds a result to the report. What cannot be written, for a full disk
// say, does not end the suite: the verdict is on the terminal, and what the report
// lacks is named at the end.
func (s *suite) record(order int, result report.Result) {
	s.results = append(s.results, result)
	if s.part != nil {
		_ = s.part.Add(order, result) // Finish tells
	}
}

// close judges what skipped checks blame, ends the suite's Blender and its part
// of the report.
func (s *suite) close() error {
	if s.part == nil || s.prepareErr != nil || s.closed {
		return nil
	}
	s.closed = true
	var all []error
	if wasInterrupted() {
		_ = s.part.Interrupt() // Finish tells
	} else {
		all = append(all, s.judgeBlamed())
	}
	if s.session != nil {
		all = append(all, s.session.Close())
		s.session = nil
	}
	if err := s.part.Finish(); err != nil {
		all = append(all, fmt.Errorf("the report in %s could not be written (%w); it lacks: %s", s.run.Out, err, strings.Join(s.part.Unwritten(), ", ")))
	}
	return errors.Join(all...)
}
