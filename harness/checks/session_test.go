package checks

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// expect fails the test unless the result has the verdict and its diagnosis
// holds the text.
func expect(t *testing.T, result report.Result, verdict report.Verdict, text string) {
	t.Helper()
	if result.Verdict != verdict || !strings.Contains(result.Diagnosis, text) {
		t.Errorf("%s: want %s with %q, got %s: seen %q, diagnosis %q, evidence %q",
			result.Name, verdict, text, result.Verdict, result.Seen, result.Diagnosis, result.Evidence)
	}
	if result.Expected == "" {
		t.Errorf("%s: nothing says what was expected", result.Name)
	}
	if verdict == report.Fail && result.Fix == "" {
		t.Errorf("%s fails without a fix", result.Name)
	}
}

func TestACheckOnTheSkipListIsNotTried(t *testing.T) {
	f := &fake{}
	s := open(t, f, func(under *target.Target) { under.Skip = map[string]string{"start/ready": "it is slow here"} })
	expect(t, s.Run(t.Context(), must(t, "start/ready")), report.Skip, "it is slow here")
	if f.count() != 0 {
		t.Error("a skipped check launched Blender")
	}
}

func TestACheckIsSkippedWhenTheTargetCannotBeAsked(t *testing.T) {
	s := open(t, &fake{})
	expect(t, s.Run(t.Context(), must(t, "exec/takes-effect")), report.Skip, "no exec request")
	expect(t, s.Run(t.Context(), must(t, "stop/request")), report.Skip, "no stop request")
}

func TestAFaultOfTheMachineIsInconclusiveAndNotTriedAgain(t *testing.T) {
	f := &fake{startErr: fmt.Errorf("no such program: %w", harness.ErrMachine)}
	s := open(t, f)
	for _, name := range []string{"start/ready", "alive/stays", "echo/round-trip", "stop/sigterm"} {
		expect(t, s.Run(t.Context(), must(t, name)), report.Inconclusive, "no such program")
	}
	if f.count() != 1 {
		t.Errorf("it was launched %d times", f.count())
	}
}

func TestAPanicOfACheckIsInconclusiveWithItsStack(t *testing.T) {
	s := open(t, &fake{})
	result := s.Run(t.Context(), contract.Check{Name: "own/breaks", True: "never", Run: func(context.Context, *contract.Session) report.Result {
		panic("oh no")
	}})
	expect(t, result, report.Inconclusive, "oh no")
	if !strings.Contains(strings.Join(result.Evidence, "\n"), "session_test.go") {
		t.Errorf("the stack is not in the evidence: %q", result.Evidence)
	}
}

func TestARunEndedFromOutsideIsInconclusive(t *testing.T) {
	s := open(t, &fake{})
	ctx, cancel := context.WithCancel(t.Context())
	result := s.Run(ctx, contract.Check{Name: "own/late", True: "never", Fix: "none", Run: func(context.Context, *contract.Session) report.Result {
		cancel()
		return contract.Failed("nothing", "the run was being ended")
	}})
	expect(t, result, report.Inconclusive, "ended before this check was done")
	expect(t, s.Run(ctx, must(t, "start/ready")), report.Inconclusive, "ended before this check began")
}

func TestAServiceThatNeverAnswersFailsOneCheckOnce(t *testing.T) {
	f := &fake{silent: true}
	s := open(t, f, func(under *target.Target) { under.Budgets.Ready = 300 * time.Millisecond })
	expect(t, s.Run(t.Context(), must(t, "echo/round-trip")), report.Skip, "never became ready: see start/ready")
	expect(t, s.Run(t.Context(), must(t, "start/ready")), report.Fail, "listens on no port")
	expect(t, s.Run(t.Context(), must(t, "stop/sigterm")), report.Skip, "see start/ready")
	if f.count() != 1 {
		t.Errorf("it was launched %d times", f.count())
	}
}

func TestAScriptThatReturnsFailsReadyAtOnce(t *testing.T) {
	s := open(t, &fake{silent: true, ends: 50 * time.Millisecond}, func(under *target.Target) { under.Budgets.Ready = time.Minute })
	result := s.Run(t.Context(), must(t, "start/ready"))
	expect(t, result, report.Fail, "the launch script came to its end")
	if !strings.Contains(result.Seen, "exit code 0") {
		t.Errorf("seen %q", result.Seen)
	}
}

func TestSessionsOfOneRunWaitOnceForAServiceThatNeverAnswers(t *testing.T) {
	f, faults := &fake{silent: true}, t.TempDir()
	first := openIn(t, f, faults, func(under *target.Target) { under.Budgets.Ready = 300 * time.Millisecond })
	expect(t, first.Run(t.Context(), must(t, "echo/round-trip")), report.Skip, "see start/ready")
	other, err := contract.Open(contract.Config{Target: first.Target(), Backend: f, Out: t.TempDir(), Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	expect(t, other.Run(t.Context(), must(t, "start/ready")), report.Fail, "listens on no port")
	expect(t, other.Run(t.Context(), must(t, "stop/sigterm")), report.Skip, "see start/ready")
	if f.count() != 1 {
		t.Errorf("it was launched %d times", f.count())
	}
}

func TestAServiceThatAnswersOnceFailsStays(t *testing.T) {
	s := open(t, &fake{first: 1})
	expect(t, s.Run(t.Context(), must(t, "start/ready")), report.Pass, "")
	expect(t, s.Run(t.Context(), must(t, "alive/stays")), report.Fail, "stopped answering")
	expect(t, s.Run(t.Context(), must(t, "echo/concurrent")), report.Skip, "see alive/stays")
}

func TestAZombieFailsScene(t *testing.T) {
	s := open(t, &fake{zombie: true})
	expect(t, s.Run(t.Context(), must(t, "start/ready")), report.Pass, "")
	expect(t, s.Run(t.Context(), must(t, "alive/scene")), report.Fail, "a non-daemon thread keeps the process")
	expect(t, s.Run(t.Context(), must(t, "stop/sigterm")), report.Skip, "see alive/scene")
}

// lethal sends what ends the fake's process and reports a failure.
var lethal = contract.Check{Name: "own/lethal", True: "it survives", Fix: "none", Run: func(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	_, _ = life.Send(ctx, contract.Message{Text: "die"})
	if s.Ended(ctx, life) {
		return contract.Failed("it ended: "+explain.HowEnded(life.Exit()), "the message killed it")
	}
	return contract.Passed("it survived")
}}

func TestTheCheckThatEndedASharedLifeIsBlamedAndTheLifeReplaced(t *testing.T) {
	f := &fake{}
	s := open(t, f)
	expect(t, s.Run(t.Context(), must(t, "start/ready")), report.Pass, "")
	result := s.Run(t.Context(), lethal)
	expect(t, result, report.Fail, "the message killed it")
	if !strings.Contains(strings.Join(result.Evidence, "\n"), "exit code 7") {
		t.Errorf("the exit is not in the evidence: %q", result.Evidence)
	}
	expect(t, s.Run(t.Context(), must(t, "echo/concurrent")), report.Pass, "")
	if f.count() != 3 {
		t.Errorf("%d lives were used, want the one that was ended, one to see that again and another", f.count())
	}
}

func TestALifeThatEndsByItselfIsNotBlamedOnTheCheck(t *testing.T) {
	s := open(t, &fake{ends: time.Second}, func(under *target.Target) { under.Budgets.Quiet = 3 * time.Second })
	result := s.Run(t.Context(), contract.Check{Name: "own/waits", True: "it stays", Fix: "none", Run: func(ctx context.Context, s *contract.Session) report.Result {
		life, err := s.Shared(ctx)
		if err != nil {
			return contract.FromError(err)
		}
		<-life.Done()
		return contract.Failed("it ended", "no idea")
	}})
	expect(t, result, report.Skip, "it ends by itself: see alive/stays (")
	expect(t, s.Run(t.Context(), must(t, "alive/stays")), report.Fail, "came to its end")
	expect(t, s.Run(t.Context(), must(t, "idle/cpu")), report.Skip, "see alive/stays")
}

func TestOneMissingHandlerFailsOneStopCheck(t *testing.T) {
	f := &fake{onTerm: func(p *fakeProcess) { p.end(harness.Status{Code: -1, Signal: syscall.SIGTERM}) }}
	s := open(t, f)
	expect(t, s.Run(t.Context(), must(t, "stop/twice")), report.Skip, "SIGTERM does not end it cleanly: see stop/sigterm (")
	before := f.count()
	expect(t, s.Run(t.Context(), must(t, "stop/sigterm")), report.Fail, "no handler for SIGTERM")
	if f.count() != before {
		t.Error("stop/sigterm was judged a second time")
	}
	expect(t, s.Run(t.Context(), must(t, "stop/during-start")), report.Skip, "see stop/sigterm (")
}

func TestAnExitCodeAfterSIGTERMIsAFault(t *testing.T) {
	s := open(t, &fake{onTerm: func(p *fakeProcess) { p.end(harness.Status{Code: 3}) }})
	result := s.Run(t.Context(), must(t, "stop/sigterm"))
	expect(t, result, report.Fail, "takes an end that was asked for as an error")
	expect(t, s.Run(t.Context(), must(t, "stop/sigint")), report.Skip, "the same fault: see stop/sigterm (")
}

func TestASignalThatIsIgnoredIsAFault(t *testing.T) {
	s := open(t, &fake{onTerm: func(*fakeProcess) {}}, func(under *target.Target) { under.Budgets.Stop = 200 * time.Millisecond })
	expect(t, s.Run(t.Context(), must(t, "stop/sigterm")), report.Fail, "nothing is done")
}

func TestAGoodServicePasses(t *testing.T) {
	s := open(t, &fake{})
	for _, name := range []string{
		"start/ready", "alive/stays", "alive/scene", "idle/cpu", "idle/wakeups", "idle/responsive",
		"echo/concurrent", "alive/restart", "stop/sigterm", "stop/sigint", "stop/twice", "stop/during-start",
	} {
		expect(t, s.Run(t.Context(), must(t, name)), report.Pass, "")
	}
}
