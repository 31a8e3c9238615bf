// Package tiny_test is a suite that needs no Blender: all its checks are
// replaced by ones that do what the environment says. The tests of package
// spec run it.
package tiny_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// In a folder that is named as an area the suite judges that one alone, as our
// own suites do.
var areas = func() []string {
	here, _ := os.Getwd()
	if name := filepath.Base(here); name == "echo" || name == "stop" {
		return []string{name}
	}
	return []string{"echo", "stop"}
}()

var _ = spec.Contract(options()...)

func options() []spec.Option {
	list := []spec.Option{
		spec.Areas(areas...),
		spec.Skip("stop/sigint", "left out by the suite"),
		spec.Add(contract.Check{Name: "mine/own", True: "it holds", Run: judge("mine/own")}),
		spec.Replace("start/ready", judge("start/ready")),
	}
	for _, area := range areas {
		for _, check := range checks.Area(area) {
			list = append(list, spec.Replace(check.Name, judge(check.Name)))
		}
	}
	return list
}

// judge does what TINY_AREA_STATEMENT says, or TINY_ALL; pass without.
func judge(name string) spec.Judge {
	variable := "TINY_" + strings.ToUpper(strings.NewReplacer("/", "_", "-", "_").Replace(name))
	return func(ctx context.Context, _ *contract.Session) report.Result {
		switch word := cmp.Or(os.Getenv(variable), os.Getenv("TINY_ALL")); word {
		case "":
			return report.Result{Verdict: report.Pass, Seen: "it held"}
		case "wait": // until told to stop
			fmt.Println("waiting")
			<-ctx.Done()
			return report.Result{Verdict: report.Fail, Seen: "it was cut short"}
		case "end parent": // ask ginkgo, and it alone, to end
			return signal(os.Getppid(), syscall.SIGTERM)
		case "die":
			return signal(os.Getpid(), os.Kill)
		case "fill": // leave no room where the report goes
			fillDisk()
			return report.Result{Verdict: report.Pass, Seen: "the disk is full"}
		case "unready":
			return report.Result{Verdict: report.Skip, Diagnosis: "never became ready: see start/ready"}
		default:
			return report.Result{Verdict: report.Verdict(word), Seen: "it did not hold", Diagnosis: "as " + variable + " says",
				Fix: "unset " + variable, Evidence: []string{"one", "two\x00"}}
		}
	}
}

func signal(pid int, sig os.Signal) report.Result {
	process, err := os.FindProcess(pid)
	if err == nil {
		err = process.Signal(sig)
	}
	if err != nil {
		return contract.FromError(err)
	}
	return report.Result{Verdict: report.Pass, Seen: "the signal was sent"}
}

func fillDisk() {
	for size := 1 << 20; size > 0; size /= 2 {
		for i := 0; ; i++ {
			name := filepath.Join(os.Getenv("BGCHECK_OUT"), fmt.Sprintf("filler-%d-%d", size, i))
			if os.WriteFile(name, make([]byte, size), 0o644) != nil {
				break
			}
		}
	}
}

// Specs that stand beside the contract do what TINY_BESIDE says.
var _ = ginkgo.Describe("beside", func() {
	if os.Getenv("TINY_BESIDE") == "" {
		return
	}
	ginkgo.It("passes", func() {})
	ginkgo.It("does as it is told", func() {
		switch os.Getenv("TINY_BESIDE") {
		case "fail":
			ginkgo.Fail("it was told to fail")
		case "skip":
			ginkgo.Skip("it was told to")
		}
	})
	ginkgo.PIt("is to be written")
	if os.Getenv("TINY_BESIDE") == "focus" {
		ginkgo.FIt("is in focus", func() {})
	}
})

var _ = ginkgo.BeforeSuite(func() {
	if os.Getenv("TINY_BEFORE_SUITE") == "fail" {
		ginkgo.Fail("nothing is prepared")
	}
})

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
