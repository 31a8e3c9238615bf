package contract

import (
	"context"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
)

// fails is a check that fails so many times and passes then.
func fails(times int) Check {
	return Check{Name: "own/fails", True: "it passes", Fix: "none", Run: func(context.Context, *Session) report.Result {
		if times--; times >= 0 {
			return Failed("it broke", "no idea")
		}
		return Passed("it worked")
	}}
}

func TestWhatFailsOnceOfTwoIsFlakyAndNoFault(t *testing.T) {
	result := scheduled(t).Run(t.Context(), fails(1))
	if result.Verdict != report.Inconclusive || !strings.Contains(result.Diagnosis, "flaky: it failed once of two times; then: it worked") {
		t.Errorf("%s: %s", result.Verdict, result.Diagnosis)
	}
}

func TestWhatFailsTwiceIsAFault(t *testing.T) {
	if result := scheduled(t).Run(t.Context(), fails(2)); result.Verdict != report.Fail {
		t.Errorf("%s: %s", result.Verdict, result.Diagnosis)
	}
}

func TestAFailureIsTriedAgainOnFactsThatAreMadeAnew(t *testing.T) {
	made := 0
	fact := &Fact[int]{Name: "count", Make: func(context.Context, *Session) (int, error) { made++; return made, nil }}
	s := scheduled(t)
	if _, err := fact.Of(t.Context(), s); err != nil { // by another check
		t.Fatal(err)
	}
	result := s.Run(t.Context(), Check{Name: "own/first", True: "the second is right", Fix: "none", Run: func(ctx context.Context, s *Session) report.Result {
		if n, _ := fact.Of(ctx, s); n == 1 {
			return Failed("the first", "it is the first")
		}
		return Passed("the second")
	}})
	if result.Verdict != report.Inconclusive || made != 2 {
		t.Errorf("made %d times, %s", made, result.Verdict)
	}
}
