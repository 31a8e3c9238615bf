package contract

import (
	"context"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// guess marks a cause that rests on the text of the source alone.
const guess = "perhaps"

// recorded runs a check that has failed, and whose cause is a guess, once more in a
// session of its own, with the recorder in its lives: what that saw is no guess. The
// verdict stays that of the lives without it.
func (s *Session) recorded(ctx context.Context, check Check, result report.Result) report.Result {
	if s.record || s.hosted || check.Asks == NoLife || !strings.Contains(result.Diagnosis, guess) {
		return result
	}
	if s.FixedPort() {
		s.EndShared(ctx)
	}
	other, err := Open(Config{Target: s.given, Backend: s.backend, Out: s.out, Record: true})
	if err != nil {
		return result
	}
	seen := other.call(ctx, check)
	_ = other.Close()
	same := alike(seen.Seen, result.Seen) || seen.Cause != "" && seen.Cause == result.Cause
	if seen.Verdict == report.Fail && same && ctx.Err() == nil && !strings.Contains(seen.Diagnosis, guess) {
		result.Diagnosis, result.Fix, result.Cause = seen.Diagnosis, seen.Fix, seen.Cause
		result.Evidence = append(result.Evidence, "the cause was seen by the recorder, in a life of its own")
	}
	return result
}

// alike says whether two results saw the same, where one rule did not find both: what follows a colon, and numbers, are of
// one life. The recorder makes a service slower, which may fail in a way of its own.
func alike(one, other string) bool {
	return figures.ReplaceAllString(head(one), "") == figures.ReplaceAllString(head(other), "")
}

func head(text string) string {
	text, _, _ = strings.Cut(text, ":")
	return text
}

var figures = regexp.MustCompile(`[0-9][0-9a-f.]*`)
