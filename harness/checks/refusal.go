package checks

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
)

// refusal is what became of a launch that should have been refused.
type refusal struct {
	how       int
	waited    time.Duration
	elsewhere string // addresses it listens on when it still runs
	said      string // the line that names the setting
	log       []string
	err       error
}

const (
	refusedWell = iota
	stillRuns
	endedWell
	diedOfSignal
	saidNothing
	notJudged
)

// awaitRefusal waits for the end of a launch that should not go on, and looks in
// its output for one of the words. It waits for five times as long as the
// target needs to become ready, at least ten seconds: who lives then, stays.
func awaitRefusal(ctx context.Context, s *contract.Session, life *contract.Life, words []string) refusal {
	wait := 10 * time.Second
	if s.Current() != nil {
		wait = max(wait, 5*s.Current().ReadyAfter())
	}
	wait = min(wait, max(s.Target().Budgets.Ready, 10*time.Second))
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	hunger := life.Hunger()
	exit, err := life.Wait(limited)
	if ctx.Err() != nil {
		return refusal{how: notJudged, err: ctx.Err()}
	}
	if exit == nil && mayBind(ctx, life) {
		more := max(0, s.Target().Budgets.Ready-wait)
		limited, cancel := context.WithTimeout(ctx, more)
		defer cancel()
		exit, err = life.Wait(limited)
		wait += more
		if ctx.Err() != nil {
			return refusal{how: notJudged, err: ctx.Err()}
		}
	}
	if exit == nil {
		if busy := hunger.Starved(); busy != nil {
			return refusal{how: notJudged, err: busy}
		}
		seen := refusal{how: stillRuns, waited: wait}
		if addresses, listErr := life.Listeners(ctx); listErr == nil {
			seen.elsewhere = explain.Addresses(addresses)
		}
		return seen
	}
	_ = err // an ended Blender is what was hoped for
	return judgeRefusal(exit, wholeLog(life), words)
}

// mayBind says whether a life may not have come to its bind yet, as on a busy machine:
// it listens nowhere, and has not begun to end. Then it has the whole of its time.
func mayBind(ctx context.Context, life *contract.Life) bool {
	addresses, err := life.Listeners(ctx)
	return err == nil && len(addresses) == 0 && !life.Facts(ctx).Ending()
}

// judgeRefusal looks at how it ended and what it said.
func judgeRefusal(exit *harness.Exit, log, words []string) refusal {
	seen := refusal{log: log}
	switch {
	case exit.Signal != nil:
		seen.how = diedOfSignal
		return seen
	case exit.Code == 0:
		seen.how = endedWell
		return seen
	}
	seen.how = saidNothing
	for _, line := range log {
		if mentions([]string{line}, words...) {
			seen.how, seen.said = refusedWell, strings.TrimSpace(line)
		}
	}
	return seen
}

// mentions says whether a line holds one of the words, as a whole word.
func mentions(lines []string, words ...string) bool {
	for _, word := range words {
		if word == "" {
			continue
		}
		pattern := regexp.MustCompile(`(?i)(^|[^\w-])` + regexp.QuoteMeta(word) + `($|[^\w])`)
		if slices.ContainsFunc(lines, pattern.MatchString) {
			return true
		}
	}
	return false
}

// wholeLog is all output of an ended life, in lines; of one that said much, the
// begin and the end.
func wholeLog(life *contract.Life) []string {
	lines, next, err := life.Log().Since(0)
	if err != nil || next < life.Log().End() {
		lines = append(lines, life.Log().Tail(1000)...)
	}
	return lines
}
