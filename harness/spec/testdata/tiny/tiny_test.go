// Package tiny_test is a suite that needs no Blender: all its checks are
// replaced by ones that do what the environment says. The tests of package
// spec run it.
package tiny_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

var areas = []string{"echo", "stop"}

var _ = spec.Contract(options()...)

func options() []spec.Option {
	list := []spec.Option{
		spec.Areas(areas...),
		spec.Skip("stop/sigint", "left out by the suite"),
		spec.Add(contract.Check{Name: "mine/own", True: "it holds", Run: judge("mine/own")}),
	}
	for _, area := range areas {
		for _, check := range checks.Area(area) {
			list = append(list, spec.Replace(check.Name, judge(check.Name)))
		}
	}
	return list
}

// judge does what TINY_AREA_STATEMENT says; pass without.
func judge(name string) spec.Judge {
	variable := "TINY_" + strings.ToUpper(strings.NewReplacer("/", "_", "-", "_").Replace(name))
	return func(ctx context.Context, _ *contract.Session) report.Result {
		switch word := os.Getenv(variable); word {
		case "":
			return report.Result{Verdict: report.Pass, Seen: "it held"}
		case "wait": // until told to stop
			fmt.Println("waiting")
			<-ctx.Done()
			return report.Result{Verdict: report.Fail, Seen: "it was cut short"}
		default:
			return report.Result{Verdict: report.Verdict(word), Seen: "it did not hold", Diagnosis: "as " + variable + " says",
				Fix: "unset " + variable, Evidence: []string{"one", "two\x00"}}
		}
	}
}

func init() {
	spec.RegisterBackend("fake", func(setup.Settings) (harness.Backend, error) { return fake{}, nil })
}

type fake struct{ harness.Backend }

func (fake) Name() string { return "fake" }

func (fake) Info(context.Context) (harness.Info, error) {
	if os.Getenv("TINY_NO_BLENDER") != "" {
		return harness.Info{}, errors.New("no Blender here; install it")
	}
	return harness.Info{Version: "9.9.9", Path: "/fake/blender"}, nil
}

func TestTiny(t *testing.T) { ginkgo.RunSpecs(t, "tiny") }
