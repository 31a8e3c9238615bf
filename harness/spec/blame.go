package spec

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/onsi/ginkgo/v2"

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
	var all []error
	for _, name := range (&report.Report{Checks: s.results}).Blamed() {
		result, elsewhere := s.blamed(name)
		if result.Verdict != report.Fail && result.Verdict != report.Inconclusive {
			continue
		}
		if elsewhere && asked {
			continue // the suite that judged it has failed
		}
		all = append(all, fmt.Errorf("%s: %s", result.Verdict, s.sayOnce(result)))
	}
	return errors.Join(all...)
}

// blamed gives the result of a check that is not this suite's: from the run's
// report when another suite has judged it, else it is judged and recorded now.
func (s *suite) blamed(name string) (result report.Result, elsewhere bool) {
	if r, err := report.Load(s.run.Dir()); err == nil {
		at := slices.IndexFunc(r.Checks, func(check report.Result) bool { return check.Name == name })
		if at >= 0 && r.Checks[at].Verdict != report.Skip {
			return r.Checks[at], true
		}
	}
	catalogue := contract.Catalogue()
	order := slices.IndexFunc(catalogue, func(check contract.Check) bool { return check.Name == name })
	if order < 0 {
		return report.Result{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit(s.plan.Target))
	defer cancel()
	result = s.judge(ctx, s.replace(catalogue[order]))
	s.record(order, result)
	return result, false
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
