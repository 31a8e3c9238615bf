package contract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Config says what a Session checks, where, and where its files go.
type Config struct {
	Target *target.Target
	// Backend starts Blender; nil: harness.Local("").
	Backend harness.Backend
	// Out is the folder that receives per-instance folders (logs, scratch).
	// Empty: the system's temporary folder, removed at Close.
	Out string
	// Faults is a folder through which the sessions of one run tell one another
	// that the target never becomes ready, so that one alone waits for it. Empty:
	// each looks itself.
	Faults string
}

// Session runs checks on one target. Checks that do not spoil one another
// share one Blender life, started when first needed and replaced when it has
// ended. A Session is used by one goroutine.
type Session struct {
	target  *target.Target
	backend harness.Backend
	out     string
	faults  string
	scratch string // removed at Close; empty when Out was given

	shared  *Life
	suspect bool // the last check did not pass: ask the shared life before it is used again

	// What a launch showed once and for all; later launches return it at once.
	broken error
	// everReady: at least one life answered in this session.
	everReady bool
	// usual is the slowest small request of a healthy life, for timeouts.
	usual time.Duration

	mu    sync.Mutex // guards lives and used: a check may launch two lives at once
	lives []*Life
	used  []*Life // by the check that runs now

	judged   map[string]report.Result
	pending  map[string]report.Result // judged for the sake of another check, not yet reported
	quiet    *observation
	growth   *growth
	sigterm  string // what stop/sigterm found wrong, see ending
	cleanups int    // times that unregister ran at stop/sigterm
	source   *findings
	lint     *linted
	probed   bool // the probes' scripts are written
}

// Open prepares a session; it does not start Blender.
func Open(cfg Config) (*Session, error) {
	if cfg.Target == nil {
		return nil, errors.New("open session: no target was given")
	}
	under := *cfg.Target
	under.Env = maps.Clone(under.Env)
	under.SetDefaults()
	s := &Session{
		target:  &under,
		backend: cfg.Backend,
		out:     cfg.Out,
		faults:  cfg.Faults,
		judged:  map[string]report.Result{},
		pending: map[string]report.Result{},
	}
	if s.backend == nil {
		s.backend = harness.Local("")
	}
	if s.backend.Name() == "container" {
		s.target = under.InContainer()
	}
	s.broken = s.sharedBefore()
	if s.out == "" {
		folder, err := os.MkdirTemp("", "bgcheck-")
		if err != nil {
			return nil, fmt.Errorf("open session: make folder: %w", err)
		}
		s.out, s.scratch = folder, folder
	}
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return nil, fmt.Errorf("open session: make folder: %w", err)
	}
	return s, nil
}

// Target is what the session checks.
func (s *Session) Target() *target.Target { return s.target }

// Backend is where it starts Blender.
func (s *Session) Backend() harness.Backend { return s.backend }

// Run judges one check. It applies the target's skip list and the check's
// needs, turns faults of the machine into "inconclusive" and panics into
// "inconclusive" with the stack as evidence, and fills Name and Seconds.
func (s *Session) Run(ctx context.Context, check Check) report.Result {
	if result, ok := s.pending[check.Name]; ok {
		delete(s.pending, check.Name)
		return result
	}
	return s.judge(ctx, check)
}

// verdict returns how the check of that name was judged in this session, and
// judges it now when it was not; Run reports it later without judging again.
func (s *Session) verdict(ctx context.Context, name string) report.Result {
	if result, ok := s.judged[name]; ok {
		return result
	}
	check, ok := Find(name)
	if !ok {
		return Undecided("there is no check " + name)
	}
	result := s.judge(ctx, check)
	if ctx.Err() == nil {
		s.pending[name] = result
	}
	return result
}

// after returns a result to skip with when the check called name has failed.
func (s *Session) after(ctx context.Context, name, fault string) (report.Result, bool) {
	result := s.verdict(ctx, name)
	switch result.Verdict {
	case report.Fail:
		return Skipped(fmt.Sprintf("%s: see %s (%s)", fault, name, result.Seen)), true
	case report.Inconclusive:
		return Undecided(fmt.Sprintf("%s could not be judged: %s", name, result.Diagnosis)), true
	case report.Skip:
		if _, listed := s.target.Skip[name]; listed {
			return report.Result{}, false // left out by the author: nothing is known, so go on
		}
		return Skipped(result.Diagnosis), true
	}
	return report.Result{}, false
}

// judge runs the check and completes its result.
func (s *Session) judge(ctx context.Context, check Check) report.Result {
	started := time.Now()
	outer := s.takeUsed(nil)
	defer func() { s.release(s.takeUsed(outer)) }()

	inner, cancel := reserve(ctx)
	defer cancel()
	result := s.call(inner, check)
	switch {
	case result.Verdict == report.Fail && inner.Err() != nil:
		result = interrupted(result)
	case result.Verdict == report.Fail:
		result = s.attribute(ctx, check, result)
	}
	if result.Verdict == report.Fail || result.Verdict == report.Inconclusive {
		s.suspect = true
	}
	result.Name = check.Name
	s.complete(check, &result)
	s.locate(&result)
	result.Seconds = time.Since(started).Seconds()
	s.judged[check.Name] = result
	return result
}

// call applies the skip list and the needs, and survives a panic of the check.
func (s *Session) call(ctx context.Context, check Check) (result report.Result) {
	if reason, ok := s.target.Skip[check.Name]; ok {
		return Skipped("left out by the target file: " + reason)
	}
	for _, need := range check.Needs {
		if reason := s.lacks(need); reason != "" {
			return Skipped(reason)
		}
	}
	if ctx.Err() != nil {
		return Undecided("the run was ended before this check began")
	}
	defer func() {
		if p := recover(); p != nil {
			result = Undecided(fmt.Sprintf("the check itself broke: %v", p))
			result.Evidence = append(result.Evidence, string(debug.Stack()))
		}
	}()
	return check.Run(ctx, s)
}

// lacks says why the target cannot be asked for what is needed; "" when it can.
func (s *Session) lacks(need Need) string {
	t := s.target
	switch {
	case need == NeedService && t.Service.Protocol == "none":
		return "the target has no service (protocol none)"
	case need == NeedEcho && t.Echo == nil:
		return "the target file gives no echo request"
	case need == NeedExec && t.Exec == nil:
		return "the target file gives no exec request"
	case need == NeedStop && t.Stop == nil:
		return "the target file gives no stop request"
	}
	return ""
}

// reserve keeps the last part of a deadline for the diagnosis: a tenth of what
// is left, at most two seconds.
func reserve(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	part := min(time.Until(deadline)/10, 2*time.Second)
	return context.WithDeadline(ctx, deadline.Add(-part))
}

// Close ends what still runs. It may be called twice.
func (s *Session) Close() error {
	s.mu.Lock()
	lives := s.lives
	s.lives, s.shared = nil, nil
	s.mu.Unlock()
	var errs []error
	for _, life := range lives {
		errs = append(errs, life.Close())
	}
	if s.scratch != "" {
		errs = append(errs, os.RemoveAll(s.scratch))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}
