package contract

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
)

// becomeReady waits for the service of a new life and looks whether it stays.
// What it finds wrong is a *FaultError, remembered when it says something
// about the target and not about this one launch.
func (s *Session) becomeReady(ctx context.Context, life *Life) error {
	if s.target.Service.Protocol == "none" {
		return s.enabledOnly(ctx, life)
	}
	if life.side != nil {
		return s.workerReady(ctx, life)
	}
	budget, hunger := s.target.Budgets.Ready, life.Hunger()
	wait, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	err := life.WaitReady(wait, func(ctx context.Context, address string) error {
		one, cancel := context.WithTimeout(ctx, max(budget/3, 2*time.Second))
		defer cancel()
		return life.AskAt(one, address)
	})
	if err != nil {
		return s.unready(ctx, life, hunger, err)
	}
	if err := s.settle(ctx, life); err != nil {
		return err
	}
	s.nowReady()
	return nil
}

// unready turns a failed wait into the fault that start/ready reports.
func (s *Session) unready(ctx context.Context, life *Life, hunger Hunger, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("wait until ready: %w", context.Cause(ctx))
	}
	if busy := hunger.Starved(); busy != nil {
		err = busy
	}
	if errors.Is(err, harness.ErrMachine) {
		s.mu.Lock()
		if !s.everReady { // a later launch says nothing of the others
			s.broken = err
		}
		s.mu.Unlock()
		return err
	}
	life.Pose(ctx)
	facts := life.Facts(ctx)
	if facts.Exit == nil {
		var listErr error
		facts.Listeners, listErr = life.Listeners(ctx)
		facts.ListenersKnown = listErr == nil
		facts.Answers = life.answering(ctx, facts.Listeners)
		if facts.Answers == "" && !life.refused(err) {
			if tongue, ok := life.speaking(ctx, life.Addr()); ok {
				facts.Speaks = words(tongue)
			}
		}
	}
	seen, cause := explain.Unready(facts, err)
	if why := explain.NotEnabled(facts.Saw("enable")); s.hosted && why != "" {
		return s.fault(ctx, life, &FaultError{Check: "start/enabled", Seen: seen, Diagnosis: why})
	}
	return s.fault(ctx, life, &FaultError{Check: "start/ready", Seen: seen, Diagnosis: cause.Text, Fix: cause.Fix, Cause: cause.Name})
}

// refused says whether nobody listened at the life's address.
func (l *Life) refused(err error) bool {
	return l.Addr() == "" || strings.Contains(err.Error(), "refused")
}

// answering is where a service answers that has announced no port; "" when it has
// announced one, or does not answer.
func (l *Life) answering(ctx context.Context, listeners []netip.AddrPort) string {
	t := l.session.target
	now, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if t.Service.Port != "announced" || !l.session.Local() || l.Announced(now) != "" {
		return ""
	}
	for _, one := range listeners {
		address := one
		if one.Addr().IsUnspecified() {
			address = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), one.Port())
		}
		limited, cancel := context.WithTimeout(ctx, l.session.Brief())
		err := l.AskAt(limited, address.String())
		cancel()
		if err == nil {
			return address.String()
		}
	}
	return ""
}

// fault remembers a fault that holds for every launch of the target. A launch
// that was changed, or comes after one that went well, says nothing of the others.
func (s *Session) fault(ctx context.Context, life *Life, fault *FaultError) error {
	fault.Evidence, fault.Command = append(fault.Evidence, life.evidence()...), life.Command()
	fault.hide(life.Token()) // others of the run, which do not know it, report this, too
	fault.Enabled = life.Saw(ctx, "enable")
	s.mu.Lock()
	first := !s.everReady && life.plain
	fault.Later = s.everReady && fault.Check == "start/ready"
	if first {
		s.broken = fault
	}
	s.mu.Unlock()
	if first {
		s.share(fault)
	}
	return fault
}

// settle asks the first life of a session again: one answer does not yet show
// a service. It also learns how long a small request usually takes.
func (s *Session) settle(ctx context.Context, life *Life) error {
	if !s.wasReady() {
		EndsWithin(ctx, life, Settling)
	}
	for range 2 {
		began := time.Now()
		err := life.Ask(ctx)
		s.mu.Lock()
		s.usual = max(s.usual, time.Since(began))
		s.mu.Unlock()
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("ask again: %w", ctx.Err())
		}
		if s.Ended(ctx, life) {
			return s.endedEarly(ctx, life)
		}
		if busy := life.Starved(); busy != nil {
			return busy
		}
		seen := fmt.Sprintf("it answered its first request, and then none within %s (%s)", explain.Short(s.Patience()), explain.FirstLine(err))
		hung := life.Deaf(ctx, seen, explain.Deaf(life.Facts(ctx)))
		return s.fault(ctx, life, &FaultError{
			Check: "alive/stays", Seen: seen, Diagnosis: hung.Diagnosis, Fix: hung.Fix, Cause: hung.Cause, Evidence: hung.Evidence,
		})
	}
	if !life.Alive() {
		return s.endedEarly(ctx, life)
	}
	if len(life.Saw(ctx, "finalize")) > 0 {
		return s.Zombie(ctx, life)
	}
	return nil
}

// endedEarly is the fault of a life that ended after its first answer.
func (s *Session) endedEarly(ctx context.Context, life *Life) error {
	cause := explain.Death(life.Facts(ctx))
	return s.fault(ctx, life, &FaultError{Check: "start/ready", Seen: "it answered once and then " + explain.HowEnded(life.Exit()),
		Diagnosis: cause.Text, Fix: cause.Fix, Cause: cause.Name})
}

// Zombie is the fault of a life that goes on over freed data.
func (s *Session) Zombie(ctx context.Context, life *Life) error {
	return s.fault(ctx, life, &FaultError{
		Check:     "alive/scene",
		Seen:      "the launch script has returned and Python has begun to end, yet the process lives and its service still answers",
		Diagnosis: explain.Zombie(life.Facts(ctx)),
	})
}

// enabledOnly is readiness of a target without a service: the add-on has been
// enabled and the process has not ended.
func (s *Session) enabledOnly(ctx context.Context, life *Life) error {
	wait, cancel := context.WithTimeout(ctx, s.target.Budgets.Ready)
	defer cancel()
	hunger := life.Hunger()
	for life.Alive() {
		if s.target.Module == "" || len(life.Saw(wait, "enable")) > 0 {
			break
		}
		if !Pause(wait, 20*time.Millisecond) {
			if busy := hunger.Starved(); ctx.Err() == nil && busy != nil {
				return busy
			}
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.nowReady()
	return nil
}

// wasReady says whether a life has answered in this session.
func (s *Session) wasReady() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.everReady
}

func (s *Session) nowReady() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.everReady = true
}
