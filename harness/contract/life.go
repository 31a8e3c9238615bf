package contract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Life is one Blender of a session with the target's service in it.
type Life struct {
	*harness.Blender
	session *Session

	mu   sync.Mutex // guards addr and made
	addr string     // host:port, known once it has answered
	made map[*target.Exchange]*exchange

	// plain: launched as the target file says, with nothing changed.
	plain bool
	// asked: a check has asked it to end.
	asked bool
}

// Tweaks change one launch; the zero value launches as the target file says.
type Tweaks struct {
	// Port for the service; 0: as the target file says.
	Port int
	// Env replaces variables of the target's.
	Env map[string]string
	// Args replace the script's arguments when not nil.
	Args []string
	// Unready returns as soon as the process exists.
	Unready bool

	more     []harness.Option
	disabled bool // the add-on is installed and not enabled
}

// settling is how long the first life must go on after its first answer: a
// script that returned ends Blender about 0.1 s later, and it must not depend
// on luck which check sees that.
const settling = 300 * time.Millisecond

// Shared returns the life that checks share: launched when first needed,
// replaced when it has ended or no longer answers. Errors are for FromError.
func (s *Session) Shared(ctx context.Context) (*Life, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	if s.shared != nil {
		if s.shared.alive() && s.trusted(ctx) {
			s.use(s.shared)
			return s.shared, nil
		}
		s.retire()
	}
	life, err := s.Launch(ctx, Tweaks{})
	if err != nil {
		return nil, err
	}
	s.shared, s.suspect = life, false
	return life, nil
}

// trusted asks the shared life when the last check left it in doubt.
func (s *Session) trusted(ctx context.Context) bool {
	if !s.suspect {
		return true
	}
	s.suspect = false
	return s.target.Service.Protocol == "none" || s.shared.ping(ctx) == nil
}

// retire ends the shared life.
func (s *Session) retire() {
	if s.shared == nil {
		return
	}
	life := s.shared
	s.shared = nil
	s.mu.Lock()
	inUse := slices.Contains(s.used, life)
	s.mu.Unlock()
	if !inUse { // otherwise its log is evidence; it is closed with the check
		s.release([]*Life{life})
	}
}

// Launch starts a Blender of the check's own and waits until its service
// answers, unless tweaks say otherwise. It is closed when the check is done.
// Once a launch has shown that the target does not become ready, or does not
// stay so, every later one returns that *FaultError at once.
func (s *Session) Launch(ctx context.Context, tweaks Tweaks) (*Life, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	if s.fixedPort() && s.shared != nil {
		s.endShared(ctx)
	}
	blender, err := harness.Launch(ctx, s.options(tweaks)...)
	if err != nil {
		if errors.Is(err, harness.ErrMachine) {
			s.broken = err
		}
		return nil, err
	}
	plain := tweaks.Port == 0 && tweaks.Env == nil && tweaks.Args == nil
	life := &Life{Blender: blender, session: s, plain: plain}
	s.mu.Lock()
	s.lives = append(s.lives, life)
	s.mu.Unlock()
	s.use(life)
	if tweaks.Unready {
		return life, nil
	}
	return life, s.becomeReady(ctx, life)
}

// endShared stops the shared life so that its fixed port is free.
func (s *Session) endShared(ctx context.Context) {
	_, _ = s.shared.Stop(ctx, harness.StopGrace(s.target.Budgets.Stop))
	s.retire()
}

// use notes that the running check has used the life.
func (s *Session) use(life *Life) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = append(without(s.used, life), life)
}

// takeUsed replaces the list of used lives and returns the old one.
func (s *Session) takeUsed(next []*Life) []*Life {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.used
	s.used = next
	return old
}

// release closes the lives that a check had for itself.
func (s *Session) release(lives []*Life) {
	for _, life := range lives {
		if life == s.shared {
			continue
		}
		_ = life.Close()
		s.mu.Lock()
		s.lives = without(s.lives, life)
		s.mu.Unlock()
	}
}

func without(lives []*Life, life *Life) []*Life {
	return slices.DeleteFunc(slices.Clone(lives), func(l *Life) bool { return l == life })
}

// temporary says whether the session's folders are removed at Close.
func (s *Session) temporary() bool { return s.scratch != "" }

// alive says whether the process has not ended.
func (l *Life) alive() bool {
	select {
	case <-l.Done():
		return false
	default:
		return true
	}
}

// event is one line of the witness file (pyaddon/witness.py).
type event struct {
	Event     string `json:"event"`
	Addon     string `json:"addon"`
	OK        bool   `json:"ok"`
	Traceback string `json:"traceback"`
	Script    bool   `json:"script"` // a script called register() itself
}

// witness reads what the witness inside Blender has written so far. No file is
// no events: Blender ended before it ran a script.
func (l *Life) witness(ctx context.Context) ([]event, error) {
	text, err := l.ReadScratch(ctx, "witness.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read witness: %w", err)
	}
	var events []event
	for line := range strings.Lines(string(text)) {
		var e event
		if json.Unmarshal([]byte(line), &e) == nil {
			events = append(events, e)
		}
	}
	return events, nil
}

// saw returns the witness's events of one kind; for an add-on's events those
// of the target's own module.
func (l *Life) saw(ctx context.Context, kind string) []event {
	events, _ := l.witness(ctx)
	var found []event
	for _, e := range events {
		if e.Event == kind && (e.Addon == "" || e.Addon == l.session.target.Module) {
			found = append(found, e)
		}
	}
	return found
}
