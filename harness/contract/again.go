package contract

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// again tries a check that has failed in another life. What fails once of two is
// no fault that can be repeated, and no pass either: it is said with both sights.
// What a launch has shown once and for all is not tried again.
func (s *Session) again(ctx context.Context, check Check, first report.Result) report.Result {
	if check.Asks == NoLife || FaultOf(s.Broken()) != nil {
		return first
	}
	if shared := s.Current(); check.Asks != OwnLives && shared != nil && slices.Contains(s.used, shared) {
		s.Adopt(nil)
	}
	// What it has believed is looked at anew, whoever made it.
	s.mu.Lock()
	for _, m := range s.asked {
		m.stale = true
	}
	s.mu.Unlock()
	second := s.call(ctx, check)
	switch {
	case ctx.Err() != nil:
		return first
	case second.Verdict == report.Fail:
		if second.Seen != first.Seen {
			second.Evidence = append(second.Evidence, "the first time: "+first.Seen)
		}
		if alike(second.Seen, first.Seen) && strings.Contains(second.Diagnosis, guess) && !strings.Contains(first.Diagnosis, guess) {
			second.Diagnosis, second.Fix, second.Cause = first.Diagnosis, first.Fix, first.Cause
		}
		return second
	case second.Verdict == report.Inconclusive || second.Verdict == report.Skip:
		return first
	}
	result := Undecided(fmt.Sprintf("flaky: it failed once of two times; then: %s; the cause seen: %s", second.Seen, first.Diagnosis), first.Evidence...)
	result.Seen, result.Fix, result.Command = first.Seen, first.Fix, first.Command
	return result
}
