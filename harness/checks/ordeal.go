package checks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// ordeal is a life of a check's own to which something happens.
type ordeal struct {
	session *contract.Session
	life    *contract.Life
	// what happens, as a sentence that follows "after".
	what string
	// spoken is the end of its log before.
	spoken harness.Cursor
	// hope is the cause to name where nothing tells more.
	hope  string
	notes []string
}

// begin launches a life and sees that it is well; else it says what to report.
func begin(ctx context.Context, s *contract.Session, what, hope string) (*ordeal, *report.Result) {
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		result := contract.FromError(err)
		return nil, &result
	}
	o := &ordeal{session: s, life: life, what: what, hope: hope}
	if seen, err := o.ask(ctx); err != nil || seen != "" {
		result := contract.Skipped("it does not answer as it should before anything has happened: see echo/round-trip")
		return nil, &result
	}
	if result, slow := tooSlow(ctx, s, life); slow {
		return nil, &result
	}
	o.spoken = life.Log().End()
	return o, nil
}

// suffer is the whole of most ordeals: a fault of the machine comes, during looks at
// the life meanwhile, the fault goes, and the life is judged.
func suffer(ctx context.Context, s *contract.Session, fault mishap.Fault, hope string, during func(context.Context, *ordeal)) report.Result {
	o, bad := begin(ctx, s, fault.What, hope)
	if bad != nil {
		return *bad
	}
	if why := fault.Available(s, o.life); why != "" {
		return contract.Skipped(contract.NotHere + ": " + why)
	}
	over, err := fault.Inject(ctx, o.life)
	if err != nil {
		return contract.Undecided(fmt.Sprintf("%s could not be made to happen: %v", fault.Name, err))
	}
	during(ctx, o)
	if err := over(); err != nil && o.life.Alive() {
		return contract.Undecided(fmt.Sprintf("%s could not be taken away again: %v", fault.Name, err))
	}
	return o.judge(ctx)
}

// ask asks for an echo of its own; seen says what was wrong with a reply.
func (o *ordeal) ask(ctx context.Context) (seen string, err error) {
	if o.session.Target().Echo == nil {
		return "", o.life.Ask(ctx)
	}
	text := "ordeal-" + contract.Nonce()
	reply, err := o.life.Echo(ctx, text)
	switch {
	case err != nil:
		return "", err
	case holds(reply, o.session.Target().Echo.Reply, text):
		return "", nil
	}
	return contract.Excerpt(reply), nil
}

// judge sees whether the life is well when what happened is over: it answers, or has
// ended and said why; it is not alive and deaf, does not turn, and gives each client
// its own answer. It is asked again a moment later: what has taken the fault for the
// end may act at its next turn.
func (o *ordeal) judge(ctx context.Context) report.Result {
	if bad := o.answers(ctx); bad != nil {
		return *bad
	}
	if busy, ok := o.turns(ctx); ok {
		return contract.Failed(fmt.Sprintf("after %s it answers, and turns: %.0f %% of a core with nothing to do", o.what, 100*busy),
			"a loop has not been told that what it waited for is over, or was given up", o.notes...)
	}
	if bad := o.answers(ctx); bad != nil {
		return *bad
	}
	return contract.Passed(fmt.Sprintf("after %s it answered", o.what), o.notes...)
}

// answers asks the life; else it says what to report.
func (o *ordeal) answers(ctx context.Context) *report.Result {
	hunger := o.life.Hunger()
	seen, err := o.ask(ctx)
	if err != nil && o.life.Alive() && ctx.Err() == nil {
		seen, err = o.ask(ctx) // the first may have met what was left of the fault
	}
	var result report.Result
	switch {
	case ctx.Err() != nil:
		result = contract.FromError(ctx.Err())
	case err != nil && o.session.Ended(ctx, o.life), !o.life.Alive():
		result = o.ended(ctx)
	case err != nil && hunger.Starved() != nil:
		result = contract.Undecided(fmt.Sprintf("after %s it did not answer, but the machine was too busy to judge that", o.what), o.notes...)
	case err != nil:
		result = o.life.Deaf(ctx, fmt.Sprintf("after %s it lives and does not answer any more: %s", o.what, explain.FirstLine(err)), o.hope, o.notes...)
	case seen != "":
		result = contract.Failed(fmt.Sprintf("after %s a client got another reply than its own: %s", o.what, seen),
			"what was begun for one client when it happened is given to the next", o.notes...)
	default:
		return nil
	}
	return &result
}

// spinning is a share of a core that nothing at rest uses.
const spinning = 0.8

// turns tells whether it keeps a core busy though nobody asks for anything, twice.
func (o *ordeal) turns(ctx context.Context) (share float64, busy bool) {
	for range 2 {
		before, err := o.life.Usage(ctx)
		if err != nil || contract.EndsWithin(ctx, o.life, 400*time.Millisecond) {
			return 0, false
		}
		after, err := o.life.Usage(ctx)
		if share = usage.Between(before, after).CPU; err != nil || share < spinning {
			return share, false
		}
	}
	return share, true
}

// ended judges an end: with a status and a word about why it is an answer, too.
func (o *ordeal) ended(ctx context.Context) report.Result {
	exit := o.life.Exit()
	if exit == nil || exit.Signal != nil || exit.Code == 0 {
		return o.life.Died(ctx, fmt.Sprintf("after %s the process ended", o.what), o.notes...)
	}
	said := ""
	lines, _, _ := o.life.Log().Since(o.spoken) // what cannot be read was not said
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && line != "Blender quit" {
			said = line
		}
	}
	if said == "" {
		return contract.Failed(fmt.Sprintf("after %s it ended with code %d and no word about why", o.what, exit.Code), o.hope, o.notes...)
	}
	result := contract.Passed(fmt.Sprintf("after %s it ended with code %d and said: %s", o.what, exit.Code, said), o.notes...)
	result.Remark = "it does not live through it; whoever runs it has to start it again"
	return result
}
