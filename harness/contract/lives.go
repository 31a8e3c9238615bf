package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/service"
)

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
	// More options, before those of the add-on: what they enable is enabled before it.
	More []harness.Option
	// Changed: what More does may keep it from becoming ready, which then says
	// nothing of other launches.
	Changed bool
	// Without: the hosted add-on is left out, and bgcheck's service is alone.
	Without bool
	// Disabled: the add-on is installed and not enabled.
	Disabled bool
}

// Ready returns when a launch as the target file says is known to become ready;
// errors are for FromError. Unlike Shared it does not count as a use of the
// shared life.
func (s *Session) Ready(ctx context.Context) error {
	s.mu.Lock()
	broken, ready := s.broken, s.everReady
	s.mu.Unlock()
	if broken != nil || ready {
		return broken
	}
	_, err := s.Shared(ctx)
	return err
}

// Broken is what a launch showed once and for all: a *FaultError of the target, or
// a fault of the machine; nil while nothing is known.
func (s *Session) Broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// Current is the shared life, alive or not; nil while there is none.
func (s *Session) Current() *Life {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shared
}

// Shared returns the life that checks share: launched when first needed,
// replaced when it has ended or no longer answers. Errors are for FromError.
func (s *Session) Shared(ctx context.Context) (*Life, error) {
	if err := take(ctx, s.sharing); err != nil {
		return nil, fmt.Errorf("wait for the shared Blender: %w", err)
	}
	defer func() { <-s.sharing }()
	s.mu.Lock()
	broken, life, suspect := s.broken, s.shared, s.suspect
	s.suspect = false
	s.mu.Unlock()
	if broken != nil {
		return nil, broken
	}
	if life != nil {
		trusted := !suspect || s.target.Service.Protocol == "none" || life.Ask(ctx) == nil
		if life.Alive() && trusted {
			s.use(life)
			return life, nil
		}
		s.Adopt(nil)
	}
	life, err := s.Launch(ctx, Tweaks{})
	if err != nil {
		return nil, err
	}
	s.Adopt(life)
	return life, nil
}

// Adopt makes a life the one that checks share, in place of the one that was.
// That is closed, unless a check that runs has asked it: then its log is
// evidence, and it is closed with the check.
func (s *Session) Adopt(life *Life) {
	s.mu.Lock()
	old := s.shared
	s.shared, s.suspect = life, false
	closing := old != nil && old != life && s.users[old] == 0
	s.mu.Unlock()
	if closing {
		s.forget(old)
	}
}

// Launch starts a Blender of the check's own and waits until its service
// answers, unless tweaks say otherwise. It is closed when the check is done.
// Once a launch has shown that the target does not become ready, or does not
// stay so, every later one returns that *FaultError at once.
func (s *Session) Launch(ctx context.Context, tweaks Tweaks) (*Life, error) {
	plain := !tweaks.Without && !tweaks.Changed && tweaks.Port == 0 && tweaks.Env == nil && tweaks.Args == nil
	if !tweaks.Unready {
		// The first launch proves for all that come meanwhile.
		if err := take(ctx, s.proving); err != nil {
			return nil, fmt.Errorf("wait for the first launch: %w", err)
		}
		s.mu.Lock()
		proved := s.everReady || s.broken != nil
		s.mu.Unlock()
		if proved {
			<-s.proving
		} else {
			defer func() { <-s.proving }()
		}
	}
	s.mu.Lock()
	broken, shared := s.broken, s.shared
	s.mu.Unlock()
	if broken != nil {
		return nil, broken
	}
	if s.FixedPort() && shared != nil {
		s.EndShared(ctx)
	}
	var life *Life
	var err error
	if s.target.IsWorker() {
		life, err = s.startWorker(ctx, tweaks)
	} else {
		life, err = s.Start(ctx, s.Options(tweaks)...)
	}
	if err != nil {
		return nil, err
	}
	life.plain = plain
	if s.target.Service.Protocol == "stdio" {
		in, out, err := life.Stdio(ctx)
		if err != nil {
			return life, err
		}
		life.wire = service.NewStdio(in, out)
	}
	if tweaks.Unready {
		return life, nil
	}
	return life, s.becomeReady(ctx, life)
}

// Start starts a Blender by options alone, without anything of the target's. It
// is closed when the check is done.
func (s *Session) Start(ctx context.Context, options ...harness.Option) (*Life, error) {
	blender, err := harness.Launch(ctx, append([]harness.Option{harness.On(s.backend), harness.KeepIn(s.out)}, options...)...)
	if err != nil {
		if errors.Is(err, harness.ErrMachine) {
			s.mu.Lock()
			s.broken = err
			s.mu.Unlock()
		}
		return nil, err
	}
	life := &Life{Blender: blender, session: s}
	if s.courses != nil {
		life.course = newCourse(blender)
	}
	s.mu.Lock()
	s.lives = append(s.lives, life)
	s.mu.Unlock()
	s.use(life)
	return life, nil
}

// EndShared stops the shared life, so that its port is free.
func (s *Session) EndShared(ctx context.Context) {
	if life := s.Current(); life != nil {
		_, _ = life.Stop(ctx, harness.StopGrace(s.target.Budgets.Stop))
		s.Adopt(nil)
	}
}

// use notes that the running check has asked the life.
func (s *Session) use(life *Life) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.used, life) {
		s.users[life]++
	}
	s.used = append(without(s.used, life), life)
	life.course.usedBy(s.check)
}

// leave ends a view: the lives that its check had for itself are closed.
func (s *Session) leave() {
	s.mu.Lock()
	var alone []*Life
	for _, life := range s.used {
		life.course.leftBy(s.check)
		if s.users[life]--; s.users[life] == 0 {
			delete(s.users, life)
			if life != s.shared {
				alone = append(alone, life)
			}
		}
	}
	s.used = nil
	s.mu.Unlock()
	for _, life := range alone {
		s.forget(life)
	}
}

// forget closes a life.
func (s *Session) forget(life *Life) {
	_ = life.close()
	s.mu.Lock()
	s.lives = without(s.lives, life)
	s.mu.Unlock()
}
