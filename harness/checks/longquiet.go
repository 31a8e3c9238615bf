package checks

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// A thorough run leaves a life alone for as long as the longest timeout that the source
// names, and a quarter more; between these bounds.
const (
	longQuietLeast = 30 * time.Second
	longQuietMost  = 10 * time.Minute
)

// longQuiet is how long a life is left alone in a thorough run, and why so long.
func longQuiet(ctx context.Context, s *contract.Session) (time.Duration, string, error) {
	length, why := longQuietLeast, "the source names no longer timeout"
	if s.Target().Addon == "" && s.Target().Launch.Script == "" {
		return length, why, nil
	}
	found, err := parsed.Of(ctx, s)
	if err != nil {
		return 0, "", err
	}
	length, why = longQuietFor(found)
	return length, why, nil
}

// longQuietFor is longQuiet for what was read of a source.
func longQuietFor(found []lint) (length time.Duration, why string) {
	length, why = longQuietLeast, "the source names no longer timeout"
	for _, one := range found {
		seconds, err := strconv.ParseFloat(one.Note, 64)
		if one.Rule != "limit" || err != nil || seconds > longQuietMost.Seconds() {
			continue
		}
		if long := time.Duration(seconds * 1.25 * float64(time.Second)); long > length {
			length, why = min(long, longQuietMost), fmt.Sprintf("%s:%d: %s", one.File, one.Line, one.Text)
		}
	}
	return length, why
}

// staysLonger leaves a life of its own alone for the longer window, and asks it; passed
// is what the usual window has shown.
func staysLonger(ctx context.Context, s *contract.Session, passed report.Result) report.Result {
	length, why, err := longQuiet(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	window := fmt.Sprintf("%s (%s)", explain.Short(length), why)
	if contract.EndsWithin(ctx, life, length) {
		return life.Died(ctx, "left alone for "+window+", it ended")
	}
	if ctx.Err() != nil {
		return contract.FromError(ctx.Err())
	}
	began := time.Now()
	if err := life.Ask(ctx); err != nil {
		if s.Ended(ctx, life) { // it was just about to
			return life.Died(ctx, "left alone for "+window+", it ended")
		}
		return life.Deaf(ctx, fmt.Sprintf("after %s of quiet the process lives and does not answer: %s", window, explain.FirstLine(err)),
			"the process is alive and its service is not: the loop that serves has ended or hangs, and something else keeps the process")
	}
	passed.Seen += fmt.Sprintf("; after %s it answered in %s", window, explain.Short(time.Since(began)))
	return passed
}
