package contract

import (
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// hide takes the tokens of the lives that a check has asked out of its result: a
// service may log its token or send it back, and reports are given to others.
func (s *Session) hide(result *report.Result) {
	var pairs []string
	s.mu.Lock()
	for _, life := range append(s.used[:len(s.used):len(s.used)], s.lives...) {
		if token := life.Token(); token != "" {
			pairs = append(pairs, token, "{token}")
		}
	}
	s.mu.Unlock()
	if len(pairs) > 0 {
		hideIn(result, strings.NewReplacer(pairs...))
	}
}

func hideIn(result *report.Result, tokens *strings.Replacer) {
	for _, text := range []*string{&result.Expected, &result.Seen, &result.Diagnosis, &result.Remark, &result.Fix, &result.Command} {
		*text = tokens.Replace(*text)
	}
	evidence := make([]string, len(result.Evidence)) // the slice may be shared
	for i, line := range result.Evidence {
		evidence[i] = tokens.Replace(line)
	}
	result.Evidence = evidence
	for i := range result.Places {
		result.Places[i].Message = tokens.Replace(result.Places[i].Message)
	}
}

// hide takes a token out of a fault.
func (f *FaultError) hide(token string) {
	if token == "" {
		return
	}
	result := report.Result{Seen: f.Seen, Diagnosis: f.Diagnosis, Fix: f.Fix, Command: f.Command, Evidence: f.Evidence}
	hideIn(&result, strings.NewReplacer(token, "{token}"))
	f.Seen, f.Diagnosis, f.Fix, f.Command, f.Evidence = result.Seen, result.Diagnosis, result.Fix, result.Command, result.Evidence
}
