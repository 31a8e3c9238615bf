package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// Status is what the process exits with.
type Status int

// The statuses, as people know them from pytest.
const (
	// Good: all that was asked for passed.
	Good Status = report.StatusGood
	// NotGood: a check failed or is inconclusive.
	NotGood Status = report.StatusFailed
	// Interrupted: by Ctrl-C, SIGTERM, or the end of the process that BGCHECK_OWNER
	// names.
	Interrupted Status = report.StatusInterrupted
	// CouldNot: what was asked for was not judged: no Blender, no container engine,
	// a full disk, all of it skipped.
	CouldNot Status = report.StatusCannotRun
	// Wrong: the command line, or the target file.
	Wrong Status = report.StatusMistake
)

// problem is an error that knows the status to exit with. Its text is one line
// or several.
type problem struct {
	status Status
	err    error
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// as gives err that status; nil stays nil, and what has a status keeps it.
func (s Status) as(err error) error {
	var known *problem
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &problem{s, err}
}

// because makes an error of that status.
func (s Status) because(format string, args ...any) error {
	return &problem{s, fmt.Errorf(format, args...)}
}

// ended is the status alone: all has been said.
func (s Status) ended() error {
	if s == Good {
		return nil
	}
	return &problem{s, errSaid}
}

var errSaid = errors.New("it has been said")

// statusOf is what to exit with after err.
func statusOf(err error) Status {
	var known *problem
	switch {
	case err == nil:
		return Good
	case errors.As(err, &known):
		return known.status
	case errors.Is(err, context.Canceled):
		return Interrupted
	}
	return CouldNot
}

// tell writes err, in one line each, as a person reads it; a line that is
// indented belongs to the one above. What has been said is not said again.
func (c *call) tell(err error) {
	if err == nil || errors.Is(err, errSaid) {
		return
	}
	for line := range strings.Lines(report.Clean(err.Error())) {
		line = strings.TrimRight(line, "\n")
		if line != "" && line[0] != ' ' {
			line = "bgcheck: " + line
		}
		fmt.Fprintln(c.errout, report.Harmless(line))
	}
}
