package contract

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// FaultError is a fault of the target that another check judges: Shared and
// Launch return it, and FromError turns it into a skip that names that check.
type FaultError struct {
	// Check that fails for it, e.g. "start/ready".
	Check string
	// Seen and Diagnosis as that check will report them, and Fix where it is not
	// the check's own.
	Seen, Diagnosis, Fix string
	// Cause is the name of the rule that found it.
	Cause string
	// Evidence and Command of the launch that showed it.
	Evidence []string
	Command  string

	// Enabled is what the witness saw of the add-on at that launch.
	Enabled []explain.Event
	// Later: an earlier launch became ready. Then the check named passes, and what
	// this launch was for is not judged.
	Later bool
}

func (e *FaultError) Error() string { return fmt.Sprintf("%s (%s)", e.short(), e.Seen) }

// short leaves what was seen to the check that reports it.
func (e *FaultError) short() string {
	fault := map[string]string{
		"start/enabled":    "cannot be enabled",
		"start/ready":      "never became ready",
		"alive/stays":      "does not stay alive and answering",
		"alive/scene":      "a process whose scene is gone",
		"worker/takes-job": "does no job",
	}[e.Check]
	return fault + ": see " + e.Check
}

// FromError turns an error of Shared, Launch or a life into a result: a fault
// that another check judges is a skip, everything else inconclusive.
func FromError(err error) report.Result {
	fault := FaultOf(err)
	switch {
	case fault != nil && fault.Later:
		return Undecided("a launch of its own never became ready, and an earlier one did: "+fault.Seen, fault.Evidence...)
	case fault != nil:
		return Skipped(fault.short())
	case errors.Is(err, ErrCannotGive):
		return Skipped(explain.FirstLine(err))
	case errors.Is(err, harness.ErrMachine):
		return Undecided(explain.FirstLine(err))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Undecided("the run was ended before this check was done: " + explain.FirstLine(err))
	}
	return Undecided(explain.FirstLine(err), strings.Split(err.Error(), "\n")[1:]...)
}

// FaultOf is the target's fault behind an error; nil when there is none.
func FaultOf(err error) *FaultError {
	var fault *FaultError
	if errors.As(err, &fault) {
		return fault
	}
	return nil
}

// OwnFault is the failure of the check of that name when err is the fault that
// it judges.
func OwnFault(err error, name string) (report.Result, bool) {
	fault := FaultOf(err)
	if fault == nil || fault.Check != name {
		return report.Result{}, false
	}
	result := Failed(fault.Seen, fault.Diagnosis, fault.Evidence...)
	result.Command, result.Fix, result.Cause = fault.Command, fault.Fix, fault.Cause
	return result, true
}
