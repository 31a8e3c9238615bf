// Package contract is the vocabulary of judging: what a check is, the session
// that runs checks on one target, the lives of Blender that they ask, and their
// results. The checks themselves are in package checks.
//
//	session, err := contract.Open(contract.Config{Target: under})
//	if err != nil {
//		return err
//	}
//	defer session.Close()
//	result := session.Run(ctx, contract.Check{
//		Name: "mine/answers", True: "it answers",
//		Run: func(ctx context.Context, s *contract.Session) report.Result {
//			life, err := s.Shared(ctx)
//			if err != nil {
//				return contract.FromError(err)
//			}
//			return contract.Passed("ready after " + life.ReadyAfter().String())
//		},
//	})
//
// One fault is reported by one check: what another check's fault makes
// impossible is skipped, with a reason that names that check.
//
// The package knows nothing of Ginkgo; package spec registers checks as specs.
package contract

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/report"
)

// Check is one statement.
type Check struct {
	// Name, "area/statement". Stable: people write it in skip lists.
	Name string
	// True says when the check passes: "exit code 0 within the budget, ...".
	True string
	// Why it matters, How it is measured, and the general Fix: texts for
	// `bgcheck explain`.
	Why, How, Fix string
	// FixPlain is the fix for code without asyncio; "" where Fix fits both.
	FixPlain string
	// Needs names what the target must offer: "service", "port", "socket",
	// "stdio", "echo", "exec", "stop".
	Needs []Need
	// Asks says which lives it asks, and so what may run beside it.
	Asks Lives
	// For lists the kinds of target that it is asked of; nil: services, and add-ons as
	// Hosted says.
	For []Kind
	// Works: it is asked of workers, too; what is a request there is a job.
	Works bool
	// Hosted says whether it is asked of an add-on without a service of its own.
	Hosted Hosting
	// FixHosted is the fix for such an add-on; "" where Fix fits.
	FixHosted string
	// OfLife: the statement is about the end of a life, so that nothing deeper
	// can be behind its failure.
	OfLife bool
	// Thorough: it takes long, and is asked in a thorough run alone (Config.Thorough);
	// or by who names it, for whom checks.Choose takes this away.
	Thorough bool
	// Run judges. It may use s's shared Blender (s.Shared) or launch its own
	// (s.Launch). It never waits longer than ctx.
	Run func(ctx context.Context, s *Session) report.Result
}

// Need is something a check cannot do without.
type Need string

// The needs.
const (
	NeedService Need = "service"
	NeedPort    Need = "port"
	NeedSocket  Need = "socket"
	NeedStdio   Need = "stdio"
	NeedEcho    Need = "echo"
	NeedExec    Need = "exec"
	NeedStop    Need = "stop"
)

// Hosting says whether a check is asked of an add-on that has no service of its
// own, and is hosted in bgcheck's.
type Hosting int

// The kinds.
const (
	// NotHosted: an add-on cannot cause what it would find, since the service is ours.
	NotHosted Hosting = iota
	// Beside: asked, and the same service without the add-on is the measure.
	Beside
	// OfAddon: asked of the add-on itself, hosted or not.
	OfAddon
	// OnlyHosted: asked of hosted add-ons alone.
	OnlyHosted
)

// Lives says which lives of Blender a check asks.
type Lives int

// The kinds, for the scheduler (see Session.RunAll).
const (
	// SharedLife is the life that checks share: they ask it one after the other.
	SharedLife Lives = iota
	// OwnLives: it launches its own, and minds no other beside them.
	OwnLives
	// Quiet: it measures rest or latency of the shared life, and nothing else runs.
	Quiet
	// NoLife: it asks no life of the target's, and need not wait for one.
	NoLife
)
