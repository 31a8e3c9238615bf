package contract

import (
	"errors"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

func TestWhoHadNoProcessorForMostOfTheTimeIsNotJudged(t *testing.T) {
	t.Parallel()
	if err := starved(5*time.Second, 10*time.Second); err != nil {
		t.Errorf("half of the time is enough to be judged by: %v", err)
	}
	err := starved(6*time.Second, 10*time.Second)
	if !errors.Is(err, harness.ErrMachine) {
		t.Fatalf("%v is no fault of the machine", err)
	}
	if result := FromError(err); result.Verdict != report.Inconclusive || result.Diagnosis != "the machine was too busy to judge: of 10s Blender waited 6s for a processor" {
		t.Errorf("%s: %s", result.Verdict, result.Diagnosis)
	}
}
