package contract

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
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
	// Machine keeps what sessions that follow one another, or run side by side, need
	// not find out again, such as Session.Without; nil: each finds out for itself.
	Machine *Machine
	// Record has the recorder in every life: for a cause, not for a verdict.
	Record bool
	// Faults is a folder through which the sessions of one run tell one another
	// that the target never becomes ready, so that one alone waits for it. Empty:
	// each looks itself.
	Faults string
	// Thorough: what takes longer is looked at as well, checks that say so among it.
	Thorough bool
	// Courses is told what happened in each life, when it is closed; nil: nobody
	// asks, and nothing of it is kept. It may be called by several goroutines.
	Courses func(report.Course)
}

// Session runs checks on one target. Checks that do not spoil one another
// share one Blender life, started when first needed and replaced when it has
// ended. It may be used by several goroutines; each check that runs gets a
// view of its own, which knows the lives that this check has asked.
type Session struct {
	*state
	// used are the lives that the running check has asked, the last one last.
	used []*Life
	// asked are the facts that the running check has asked for.
	asked []*made
	// turn: the running check, or one that asked for its verdict, has the shared
	// life for itself.
	turn bool
	// check is the name of the running one, for the courses of lives.
	check string
}

// state is what all views of a session share.
type state struct {
	target   *target.Target
	given    *target.Target // as Config had it
	backend  harness.Backend
	out      string
	faults   string
	record   bool // every life has the recorder
	thorough bool
	courses  func(report.Course) // nil: nobody asks
	hosted   bool                // the add-on has no service of its own; target is ours with it
	machine  *Machine
	scratch  string // removed at Close; empty when Out was given

	// proving is held by the launch that finds out whether the target becomes ready.
	proving chan struct{}
	// turns is held by the check that has the shared life for itself.
	turns chan struct{}
	// sharing is held while the shared life is looked at or replaced.
	sharing chan struct{}

	mu      sync.Mutex // guards all below
	shared  *Life
	suspect bool // a check did not pass: ask the shared life before it is used again
	// broken is what a launch showed once and for all; later launches return it at once.
	broken error
	// everReady: at least one life answered in this session.
	everReady bool
	// alone: one run of a job at a time.
	alone bool
	// usual is the slowest small request of a healthy life, for timeouts.
	usual time.Duration
	lives []*Life
	users map[*Life]int            // views that have asked it and run
	judge map[string]chan struct{} // closed when the check of that name is judged

	judged  map[string]report.Result
	pending map[string]report.Result // judged for the sake of another check, not yet reported
	facts   map[any]*made
}

// Open prepares a session; it does not start Blender.
func Open(cfg Config) (*Session, error) {
	if cfg.Target == nil {
		return nil, errors.New("open session: no target was given")
	}
	under := *cfg.Target
	under.Env = maps.Clone(under.Env)
	under.SetDefaults()
	s := &Session{state: &state{
		target:   &under,
		given:    cfg.Target,
		backend:  cfg.Backend,
		out:      cfg.Out,
		faults:   cfg.Faults,
		thorough: cfg.Thorough,
		courses:  cfg.Courses,
		record:   cfg.Record,
		proving:  make(chan struct{}, 1),
		turns:    make(chan struct{}, 1),
		sharing:  make(chan struct{}, 1),
		users:    map[*Life]int{},
		judge:    map[string]chan struct{}{},
		judged:   map[string]report.Result{},
		pending:  map[string]report.Result{},
		facts:    map[any]*made{},
	}}
	if under.Hosted() {
		s.hosted = true
		host(&under)
	}
	if s.machine = cfg.Machine; s.machine == nil {
		s.machine = &Machine{}
	}
	s.machine.mu.Lock()
	if s.machine.facts == nil {
		s.machine.facts = map[any]*made{}
	}
	s.machine.mu.Unlock()
	if s.backend == nil {
		s.backend = harness.Local("")
	}
	if s.backend.Name() == "container" {
		s.target = under.InContainer()
	}
	s.broken = s.sharedBefore()
	if s.out == "" {
		folder, err := owner.TempDir(owner.NewID())
		if err != nil {
			return nil, fmt.Errorf("open session: make folder: %w", err)
		}
		s.out, s.scratch = folder, folder
	}
	if err := os.MkdirAll(s.out, 0o700); err != nil {
		return nil, fmt.Errorf("open session: make folder: %w", err)
	}
	return s, nil
}

// Target is what the session checks.
func (s *Session) Target() *target.Target { return s.target }

// Hosted says whether the add-on has no service of its own; Target is then what
// bgcheck's service makes of it.
func (s *Session) Hosted() bool { return s.hosted }

// Thorough says whether what takes longer is looked at as well.
func (s *Session) Thorough() bool { return s.thorough }

// Backend is where it starts Blender.
func (s *Session) Backend() harness.Backend { return s.backend }

// Out is the folder below which its instances have theirs.
func (s *Session) Out() string { return s.out }

// Local says whether Blender shares the harness's machine and network.
func (s *Session) Local() bool { return s.backend.Name() == "local" }

// Close ends what still runs. It may be called twice.
func (s *Session) Close() error {
	s.mu.Lock()
	lives := s.lives
	s.lives, s.shared = nil, nil
	s.mu.Unlock()
	var errs []error
	for _, life := range lives {
		if err := life.close(); err != nil {
			errs = append(errs, oneLine{err})
		}
	}
	if s.scratch != "" {
		errs = append(errs, os.RemoveAll(s.scratch))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}

// oneLine says the first line of an error that tells much: the rest is in the folder
// of the life.
type oneLine struct{ error }

func (e oneLine) Error() string { return explain.FirstLine(e.error) }
func (e oneLine) Unwrap() error { return e.error }
