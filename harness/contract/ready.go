package contract

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// becomeReady waits for the service of a new life and looks whether it stays.
// What it finds wrong is a *FaultError, remembered when it says something
// about the target and not about this one launch.
func (s *Session) becomeReady(ctx context.Context, life *Life) error {
	if s.target.Service.Protocol == "none" {
		return s.enabledOnly(ctx, life)
	}
	budget := s.target.Budgets.Ready
	wait, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	err := life.WaitReady(wait, func(ctx context.Context, address string) error {
		one, cancel := context.WithTimeout(ctx, max(budget/3, 2*time.Second))
		defer cancel()
		return life.answers(one, address)
	})
	if err != nil {
		return s.unready(ctx, life, err)
	}
	if err := s.settle(ctx, life); err != nil {
		return err
	}
	s.everReady = true
	return nil
}

// unready turns a failed wait into the fault that start/ready reports.
func (s *Session) unready(ctx context.Context, life *Life, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("wait until ready: %w", context.Cause(ctx))
	}
	if errors.Is(err, harness.ErrMachine) {
		s.broken = err
		return err
	}
	seen, diagnosis, fix := s.whyUnready(ctx, life, err)
	return s.fault(ctx, life, &FaultError{Check: "start/ready", Seen: seen, Diagnosis: diagnosis, Fix: fix})
}

// fault remembers a fault that holds for every launch of the target. A launch
// that was changed, or comes after one that went well, says nothing of the others.
func (s *Session) fault(ctx context.Context, life *Life, fault *FaultError) error {
	fault.Evidence, fault.Command = life.evidence(), life.Command()
	fault.enabled = life.saw(ctx, "enable")
	if !s.everReady && life.plain {
		s.broken = fault
		s.share(fault)
	}
	return fault
}

// settle asks the first life of a session again: one answer does not yet show
// a service. It also learns how long a small request usually takes.
func (s *Session) settle(ctx context.Context, life *Life) error {
	if !s.everReady {
		endsWithin(ctx, life, settling)
	}
	for range 2 {
		began := time.Now()
		err := life.ping(ctx)
		s.usual = max(s.usual, time.Since(began))
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return fmt.Errorf("ask again: %w", ctx.Err())
		}
		if s.ended(ctx, life) {
			return s.endedEarly(ctx, life)
		}
		return s.fault(ctx, life, &FaultError{
			Check:     "alive/stays",
			Seen:      fmt.Sprintf("it answered its first request, and then none within %s (%s)", short(s.patience()), firstLine(err)),
			Diagnosis: s.whyDeaf(life),
		})
	}
	if !life.alive() {
		return s.endedEarly(ctx, life)
	}
	if len(life.saw(ctx, "finalize")) > 0 {
		return s.zombie(ctx, life)
	}
	return nil
}

// endedEarly is the fault of a life that ended after its first answer.
func (s *Session) endedEarly(ctx context.Context, life *Life) error {
	seen, diagnosis := s.whyEnded(ctx, life)
	return s.fault(ctx, life, &FaultError{Check: "start/ready", Seen: "it answered once and then " + seen, Diagnosis: diagnosis})
}

// zombie is the fault of a life that goes on over freed data.
func (s *Session) zombie(ctx context.Context, life *Life) error {
	return s.fault(ctx, life, &FaultError{
		Check:     "alive/scene",
		Seen:      "the launch script has returned and Python has begun to end, yet the process lives and its service still answers",
		Diagnosis: s.whyZombie(),
	})
}

// ended waits a moment for the end of a process whose service has just gone.
func (s *Session) ended(ctx context.Context, life *Life) bool {
	return endsWithin(ctx, life, time.Second)
}

// endsWithin waits so long for the end of a process.
func endsWithin(ctx context.Context, life *Life, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-life.Done():
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return false
}

// enabledOnly is readiness of a target without a service: the add-on has been
// enabled and the process has not ended.
func (s *Session) enabledOnly(ctx context.Context, life *Life) error {
	wait, cancel := context.WithTimeout(ctx, s.target.Budgets.Ready)
	defer cancel()
	for life.alive() {
		if s.target.Module == "" || len(life.saw(wait, "enable")) > 0 {
			break
		}
		if !pause(wait, 20*time.Millisecond) {
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.everReady = true
	return nil
}

// patience is how long a small request may take before it counts as lost: far
// over the latency budget, which idle/responsive judges, and over what the
// service usually takes. (The client of tcp-json closes its half of the
// connection after half of this, for services that wait for that; one that is
// only slow must have answered before.)
func (s *Session) patience() time.Duration {
	least := 4 * time.Second
	if s.backend.Name() == "window" {
		least = 20 * time.Second // the first draw compiles shaders on the main thread, in software
	}
	return max(least, 10*s.target.Budgets.Latency, 10*s.usual)
}

// brief is how long a reply to a broken request is waited for.
func (s *Session) brief() time.Duration {
	return max(2*time.Second, 5*s.target.Budgets.Latency)
}

// pause waits for d and reports whether ctx still runs.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attribute looks for a deeper fault behind a failure, so that one fault is
// reported by one check.
func (s *Session) attribute(ctx context.Context, check Check, result report.Result) report.Result {
	if judgesLife[check.Name] {
		return result
	}
	s.mu.Lock()
	used := append([]*Life(nil), s.used...)
	s.mu.Unlock()
	for _, life := range used {
		exit := life.Exit()
		if exit == nil && !life.asked && len(life.saw(ctx, "finalize")) > 0 {
			s.broken = s.zombie(ctx, life)
			return FromError(s.broken)
		}
		if exit == nil || exit.Asked || !life.plain {
			continue
		}
		// It ended by itself. Would it have, had nobody asked it for anything?
		seen := s.observe(ctx)
		if seen.err != nil {
			return FromError(seen.err)
		}
		if seen.exit != nil {
			return Skipped(fmt.Sprintf("it ends by itself: see alive/stays (left alone, %s)", endOf(seen.exit)))
		}
	}
	return result
}

// judgesLife names the checks whose statement is about the end of a life, so
// that nothing deeper can be behind it.
var judgesLife = map[string]bool{
	"start/ready": true, "start/enabled": true, "start/port-busy": true, "start/bad-config": true,
	"alive/stays": true, "alive/scene": true,
}
