package spec_test

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec"
)

// A suite of your own registers the contract at package level. The whole of
// such a suite, which the tests run on a real Blender, is in testdata/own.
func ExampleContract() {
	var _ = spec.Contract(
		spec.Target("bgcheck.yaml"),
		spec.Areas("start", "echo", "stop"),
		spec.Skip("echo/concurrent", "one client at a time is all we promise"),
		spec.Replace("echo/round-trip", func(ctx context.Context, s *contract.Session) report.Result {
			life, err := s.Shared(ctx) // a Blender in which the service answers
			if err != nil {
				return contract.FromError(err)
			}
			address, err := life.Address(ctx)
			if err != nil {
				return contract.FromError(err)
			}
			return contract.Passed("it listens on " + address)
		}),
	)
}
