package spec

import (
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/bgcheck/bgcheck/harness/report"
)

// told: the body of the contract's spec that runs has recorded its result.
var told bool

// besideOrder is where specs that are none of the contract's begin in a report.
const besideOrder = 100000

// beside names the specs of this process that are none of the contract's, by
// where they stand.
var beside = map[string]string{}

// noteSpec sees each spec when it is done, before Ginkgo writes of it. Specs that
// stand beside the contract go into the report, too, and so does one of the
// contract's whose body did not come to run.
func noteSpec(spec ginkgo.SpecReport) {
	wasTold := told
	told = false
	ours := spec.LeafNodeLocation.FileName == catalogueFile
	if wasTold {
		config, reporter := ginkgo.GinkgoConfiguration()
		if ownLines(config, reporter) && !reporter.GithubOutput && spec.Failed() &&
			len(spec.AdditionalFailures) == 0 && spec.CapturedGinkgoWriterOutput == "" {
			lines.leaveOut()
		}
		return
	}
	s := first()
	if s == nil || spec.State.Is(types.SpecStateSkipped) && spec.Failure.Message == "" {
		return // left out by a focus, a filter or a signal
	}
	result := besideResult(spec)
	if !ours {
		s.record(besideOrder+len(beside), result)
		return
	}
	if spec.Failed() {
		result.Name, result.Verdict = spec.LeafNodeText, report.Inconclusive
		result.Diagnosis = "the check did not come to run: " + result.Seen
		s.record(spec.LeafNodeLocation.LineNumber-1, result)
	}
}

// first is the contract whose part holds what belongs to none, or nil.
func first() *suite {
	if config, _ := ginkgo.GinkgoConfiguration(); config.DryRun || len(registered) == 0 {
		return nil
	}
	if s := registered[0]; s.prepare() == nil {
		return s
	}
	return nil
}

// besideResult is a Ginkgo spec as a result.
func besideResult(spec ginkgo.SpecReport) report.Result {
	result := report.Result{Name: besideName(spec), Seconds: spec.RunTime.Seconds(), Seen: strings.TrimSpace(spec.Failure.Message)}
	switch {
	case spec.State.Is(types.SpecStatePassed):
		result.Verdict = report.Pass
	case spec.State.Is(types.SpecStatePending):
		result.Verdict, result.Diagnosis = report.Skip, "marked as pending"
	case spec.State.Is(types.SpecStateSkipped):
		result.Verdict, result.Diagnosis, result.Seen = report.Skip, result.Seen, "not tried"
	case spec.State.Is(types.SpecStateInterrupted | types.SpecStateAborted):
		result.Verdict, result.Diagnosis = report.Inconclusive, "the run was ended before this spec was done"
	default:
		result.Verdict = report.Fail
	}
	if result.Verdict == report.Fail {
		if spec.Failure.ForwardedPanic != "" {
			result.Evidence = append(result.Evidence, spec.Failure.ForwardedPanic)
		}
		result.Evidence = append(result.Evidence, spec.CapturedGinkgoWriterOutput)
		result.Places = []report.Place{{File: spec.Failure.Location.FileName, Line: spec.Failure.Location.LineNumber}}
	}
	return result
}

// besideName is the spec's full text in an area of its own; of several with one
// text each gets a number.
func besideName(spec ginkgo.SpecReport) string {
	at := spec.LeafNodeLocation.String() + spec.FullText()
	if name, known := beside[at]; known {
		return name
	}
	name := "own/" + spec.FullText()
	for n, taken := 1, true; taken; {
		taken = false
		for _, other := range beside {
			taken = taken || other == name
		}
		if taken {
			n++
			name = fmt.Sprintf("own/%s (%d)", spec.FullText(), n)
		}
	}
	beside[at] = name
	return name
}

// noteSuite records why a suite has failed when no result tells: a BeforeSuite
// that failed, a timeout.
func noteSuite(suite ginkgo.Report) {
	s := first()
	if s == nil || suite.SuiteSucceeded {
		return
	}
	for _, node := range suite.SpecReports.WithLeafNodeType(types.NodeTypesForSuiteLevelNodes) {
		if node.Failed() && node.Failure.Message != closing {
			line, _, _ := strings.Cut(strings.TrimSpace(node.Failure.Message), "\n")
			_ = s.part.Problem(fmt.Sprintf("%s: %s failed: %s", s.name, node.LeafNodeType, line)) // Finish has told
		}
	}
	for _, reason := range suite.SpecialSuiteFailureReasons {
		if !wasInterrupted() {
			_ = s.part.Problem(s.name + ": " + reason)
		}
	}
}
