// Package contract holds the catalogue of checks: statements about a
// background Blender service that are true or false, with what they assert,
// why it matters, how it is measured and how to fix it.
//
//	under, err := target.Load("bgcheck.yaml")
//	if err != nil {
//		return err
//	}
//	results, err := contract.RunAll(ctx, contract.Config{Target: under}, "start", "stop/sigterm")
//	if err != nil {
//		return err
//	}
//	for _, r := range results {
//		fmt.Println(r.Verdict, r.Name, r.Seen, r.Diagnosis)
//	}
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
	// `make explain`.
	Why, How, Fix string
	// FixPlain is the fix for code without asyncio; "" where Fix fits both.
	FixPlain string
	// Needs names what the target must offer: "service", "echo", "exec", "stop".
	Needs []Need
	// Run judges. It may use s's shared Blender (s.Shared) or launch its own
	// (s.Launch). It never waits longer than ctx.
	Run func(ctx context.Context, s *Session) report.Result
}

// Need is something a check cannot do without.
type Need string

// The needs.
const (
	NeedService Need = "service"
	NeedEcho    Need = "echo"
	NeedExec    Need = "exec"
	NeedStop    Need = "stop"
)
