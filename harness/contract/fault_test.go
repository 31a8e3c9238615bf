package contract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
)

func TestALaterLaunchThatIsNotReadyIsNoSkipForACheckThatPassed(t *testing.T) {
	fault := &FaultError{Check: "start/ready", Seen: "no answer within 20s"}
	if r := FromError(fmt.Errorf("launch: %w", fault)); r.Verdict != report.Skip || r.Blames() != "start/ready" {
		t.Errorf("the first launch: %+v", r)
	}
	fault.Later = true
	if r := FromError(fault); r.Verdict != report.Inconclusive || !strings.Contains(r.Diagnosis, "no answer within 20s") {
		t.Errorf("a later launch: %+v", r)
	}
}
