package contract

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/explain"
)

// source is the target's Python as read by patterns, the launch script first:
// what keeps the service alive is most often there.
var source = Fact[explain.Findings]{Name: "source", Make: func(_ context.Context, s *Session) (explain.Findings, error) {
	var found explain.Findings
	for _, path := range []string{s.target.Launch.Script, s.target.Addon} {
		if path != "" {
			found = append(found, explain.Read(s.target.Resolve(path))...)
		}
	}
	return found, nil
}}

// Source holds the lines of the target's Python that can explain a fault.
func (s *Session) Source() explain.Findings {
	found, _ := source.Of(context.Background(), s)
	return found
}

// generalFix is the check's fix that fits the target's code.
func generalFix(check Check, source explain.Findings) string {
	if check.FixPlain != "" && len(source) > 0 && source.First("asyncio") == "" {
		return check.FixPlain
	}
	return check.Fix
}
