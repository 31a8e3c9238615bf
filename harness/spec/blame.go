package spec

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/onsi/ginkgo/v2"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

// judgeBlamed judges the checks that skipped ones of this suite give as their
// reason and that are not among its own, "see start/ready" say. When nothing but
// skips is left of a suite because of a fault, the suite has failed: whichever
// suites were named, the target was not asked anything.
//
// It costs little: the session has found the fault already.
func (s *suite) judgeBlamed() error {
	asked := false
	for _, result := range s.results {
		asked = asked || result.Verdict != report.Skip
	}
	soFar, err := report.Load(s.run.Dir())
	if err != nil {
		soFar = &report.Report{} // on a full disk: Finish tells
	}
	var all []error
	for _, name := range (&report.Report{Checks: s.results}).Blamed() {
		if asked && slices.Contains(soFar.Planned, name) {
			continue // it is for the suite that has it to judge it, and to fail
		}
		result := s.blamed(soFar, name)
		if result.Verdict != report.Fail && result.Verdict != report.Inconclusive {
			continue
		}
		all = append(all, fmt.Errorf("%s: %s", result.Verdict, s.sayOnce(result)))
	}
	return errors.Join(all...)
}

// blamed gives the result of a check that is not this suite's: from the run's
// report when another suite has judged it, else it is judged and recorded now.
func (s *suite) blamed(soFar *report.Report, name string) report.Result {
	at := slices.IndexFunc(soFar.Checks, func(check report.Result) bool { return check.Name == name })
	if at >= 0 && soFar.Checks[at].Verdict != report.Skip {
		return soFar.Checks[at]
	}
	catalogue := checks.All()
	order := slices.IndexFunc(catalogue, func(check contract.Check) bool { return check.Name == name })
	if order < 0 {
		return report.Result{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit(s.plan.Target))
	defer cancel()
	result := s.judge(ctx, s.replace(catalogue[order]))
	s.record(order, result)
	return result
}

// sayOnce is how a failure names a result that it has told, or tells it.
func (s *suite) sayOnce(result report.Result) string {
	if ownLines(ginkgo.GinkgoConfiguration()) {
		s.tell(result)
	} else if s.firstToTell(result) {
		return message(result)
	}
	return result.Name + ", for which nothing else was asked of the target"
}
