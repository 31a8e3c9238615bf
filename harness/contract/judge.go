package contract

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
)

// Run judges one check. It applies the target's skip list and the check's
// needs, turns faults of the machine into "inconclusive" and panics into
// "inconclusive" with the stack as evidence, and fills Name and Seconds. What
// was judged for the sake of another check is not judged again.
func (s *Session) Run(ctx context.Context, check Check) report.Result {
	result := s.once(ctx, check, func(s *state) (report.Result, bool) {
		result, ok := s.pending[check.Name]
		delete(s.pending, check.Name)
		return result, ok
	})
	s.mu.Lock()
	delete(s.pending, check.Name)
	s.mu.Unlock()
	return result
}

// Verdict returns how the check was judged in this session, and judges it now
// when it was not; Run reports it later without judging again.
func (s *Session) Verdict(ctx context.Context, check Check) report.Result {
	return s.once(ctx, check, func(s *state) (report.Result, bool) {
		result, ok := s.judged[check.Name]
		return result, ok
	})
}

// once returns what known has, or judges the check. While somebody else judges
// it, it waits. Checks that ask the shared life take turns.
func (s *Session) once(ctx context.Context, check Check, known func(*state) (report.Result, bool)) report.Result {
	if check.Asks == SharedLife || check.Asks == Quiet {
		view, done, err := s.takeTurn(ctx)
		if err != nil {
			return s.named(check, Undecided("the run was ended before this check was judged"))
		}
		defer done()
		s = view
	}
	for {
		s.mu.Lock()
		if result, ok := known(s.state); ok {
			s.mu.Unlock()
			return result
		}
		running, busy := s.judge[check.Name]
		if !busy {
			running = make(chan struct{})
			s.judge[check.Name] = running
			s.mu.Unlock()
			return s.judgeNow(ctx, check, running)
		}
		s.mu.Unlock()
		select {
		case <-running:
		case <-ctx.Done():
			return s.named(check, Undecided("the run was ended before this check was judged"))
		}
	}
}

// takeTurn gives a view that has the shared life for itself until done is called.
func (s *Session) takeTurn(ctx context.Context) (view *Session, done func(), err error) {
	if s.turn {
		return s, func() {}, nil
	}
	if err := take(ctx, s.turns); err != nil {
		return nil, nil, err
	}
	return &Session{state: s.state, turn: true, check: s.check}, func() { <-s.turns }, nil
}

// judgeNow judges the check and keeps the result for those who ask later.
func (s *Session) judgeNow(ctx context.Context, check Check, running chan struct{}) report.Result {
	result := s.judgeIn(ctx, check)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judged[check.Name] = result
	if ctx.Err() == nil {
		s.pending[check.Name] = result
	}
	delete(s.judge, check.Name)
	close(running)
	return result
}

// judgeIn runs the check in a view of its own and completes its result.
func (s *Session) judgeIn(ctx context.Context, check Check) report.Result {
	started := time.Now()
	view := &Session{state: s.state, turn: s.turn, check: check.Name}
	defer view.leave()

	inner, cancel := reserve(ctx)
	defer cancel()
	result := view.call(inner, check)
	if result.Verdict == report.Fail && inner.Err() == nil {
		result = view.again(inner, check, result)
	}
	switch {
	case result.Verdict == report.Fail && inner.Err() != nil:
		result = interrupted(result)
	case result.Verdict == report.Fail:
		result = view.attribute(ctx, check, result)
	}
	if result.Verdict == report.Fail && inner.Err() == nil {
		result = view.recorded(inner, check, result)
	}
	if s.hosted && result.Verdict == report.Fail && check.Hosted == Beside {
		if _, err := view.Without(ctx); err != nil {
			result = FromError(err)
		}
	}
	if result.Verdict == report.Fail || result.Verdict == report.Inconclusive {
		s.mu.Lock()
		s.suspect = true
		s.mu.Unlock()
	}
	result = view.named(check, result)
	view.complete(check, &result)
	view.locate(&result)
	view.hide(&result)
	result.Seconds = time.Since(started).Seconds()
	return result
}

// named fills what every result carries.
func (s *Session) named(check Check, result report.Result) report.Result {
	result.Name = check.Name
	if result.Expected == "" {
		result.Expected = check.True
	}
	return result
}

// After returns a result to skip with when that check has failed; fault says
// what is then wrong, in a few words.
func (s *Session) After(ctx context.Context, check Check, fault string) (report.Result, bool) {
	result := s.Verdict(ctx, check)
	switch result.Verdict {
	case report.Fail:
		return Skipped(fmt.Sprintf("%s: see %s (%s)", fault, check.Name, result.Seen)), true
	case report.Inconclusive:
		return Undecided(fmt.Sprintf("%s could not be judged: %s", check.Name, result.Diagnosis)), true
	case report.Skip:
		if _, listed := s.target.Skip[check.Name]; listed {
			return report.Result{}, false // left out by the author: nothing is known, so go on
		}
		return Skipped(result.Diagnosis), true
	}
	return report.Result{}, false
}

// call applies the skip list and the needs, and survives a panic of the check.
func (s *Session) call(ctx context.Context, check Check) (result report.Result) {
	if reason, ok := s.target.Skip[check.Name]; ok {
		return Skipped("left out by the target file: " + reason)
	}
	if reason := s.notAsked(check); reason != "" {
		return Skipped(reason)
	}
	if info, err := s.backend.Info(ctx); err == nil {
		if reason := s.target.Unsupported(info.Version); reason != "" {
			return Skipped(reason)
		}
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
	before := service.OwnLimits()
	result = check.Run(ctx, s)
	if result.Verdict == report.Fail && service.OwnLimits() > before {
		limited := Undecided("this process has no descriptor left for its clients (ulimit -n): raise that; so far: "+result.Seen, result.Evidence...)
		limited.Command = result.Command
		return limited
	}
	return result
}

// lacks says why the target cannot be asked for what is needed; "" when it can.
func (s *Session) lacks(need Need) string {
	t := s.target
	switch {
	case need == NeedService && t.Service.Protocol == "none":
		return "the target has no service (protocol none)"
	case need == NeedPort && t.Service.Protocol == "none":
		return "the target has no service (protocol none)"
	case need == NeedPort && !t.HasPort():
		return "the target has no port"
	case need == NeedSocket && t.Service.Socket == "":
		return "the target has no Unix socket"
	case need == NeedStdio && t.Service.Protocol != "stdio":
		return "the target has no protocol over standard input and output"
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

// attribute looks for a deeper fault behind a failure, so that one fault is
// reported by one check.
func (s *Session) attribute(ctx context.Context, check Check, result report.Result) report.Result {
	if check.OfLife || s.target.IsJob() {
		return result
	}
	for _, life := range s.used {
		exit := life.Exit()
		if exit == nil && !life.wasAsked() && len(life.Saw(ctx, "finalize")) > 0 && !s.Ended(ctx, life) {
			err := s.Zombie(ctx, life)
			s.mu.Lock()
			s.broken = err
			s.mu.Unlock()
			return FromError(err)
		}
		if exit == nil || exit.Asked || !life.plain {
			continue
		}
		// It ended by itself. Would it have, had nobody asked it for anything?
		if seen := s.endsAlone(ctx); seen != nil {
			return *seen
		}
	}
	return result
}
