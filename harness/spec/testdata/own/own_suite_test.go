// Package own_test is an example of a suite of one's own: the contract for one
// target, one check replaced, one skipped, one added, and a spec beside them.
//
//	ginkgo ./harness/spec/testdata/own
package own_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec"
)

var _ = spec.Contract(
	spec.Target("../../../../pyaddon/bgcheck.yaml"),
	spec.Areas("echo"),
	spec.Replace("echo/round-trip", roundTrip),
	spec.Skip("echo/concurrent", "one client at a time is all we promise"),
	spec.Add(contract.Check{
		Name: "mine/no-warnings",
		True: "Blender writes no warning while the service starts",
		Why:  "our users read the log",
		Fix:  "give the operator its context",
		Run:  noWarnings,
	}),
)

// roundTrip speaks to the shared Blender in its own words.
func roundTrip(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	address, err := life.Address(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return contract.Failed(err.Error(), "the service does not accept connections")
	}
	defer conn.Close()
	fmt.Fprintln(conn, `{"message": "three words here"}`)
	reply, err := bufio.NewReader(conn).ReadString('}')
	if err != nil || !strings.Contains(reply, "three words here") {
		return contract.Failed(fmt.Sprintf("the reply was %q (%v)", reply, err), "the message does not come back")
	}
	return contract.Passed("the reply held the message", reply)
}

// noWarnings reads the shared Blender's log.
func noWarnings(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	lines, _, err := life.Log().Since(0)
	if err != nil {
		return contract.FromError(err)
	}
	for _, line := range lines {
		if strings.Contains(line, "Warning") {
			return contract.Failed(line, "something in the start warns")
		}
	}
	return contract.Passed(fmt.Sprintf("none in %d lines", len(lines)))
}

// Specs of one's own stand beside the contract's.
var _ = ginkgo.Describe("the version file", func() {
	ginkgo.It("is not empty", func() {
		gomega.Expect("1.0").NotTo(gomega.BeEmpty())
	})
})

func TestOwn(t *testing.T) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "my add-on")
}
