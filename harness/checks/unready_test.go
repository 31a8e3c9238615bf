package checks

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

func TestTheFixOfAServiceThatNeverAnswersFitsItsDiagnosis(t *testing.T) {
	elsewhere := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:9")}
	for name, c := range map[string]struct {
		backend        string
		listeners      []netip.AddrPort
		command        []string
		diagnosis, fix string
	}{
		"on another port":          {"", elsewhere, nil, "not on the port it was given", "service: {port: 8765}"},
		"inside a container":       {"container", elsewhere, nil, "inside the container", "container:"},
		"a client that ends badly": {"", elsewhere, []string{"false"}, "ends with code 1", "run the client program by hand"},
		"nowhere":                  {"", nil, nil, "listens on no port", "Keep the script running"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, &fake{silent: true, name: c.backend, listeners: c.listeners}, func(under *target.Target) {
				under.Budgets.Ready = 300 * time.Millisecond
				if c.command != nil {
					under.Service.Protocol, under.Service.Command = "command", c.command
				}
			})
			result := s.Run(t.Context(), must(t, "start/ready"))
			expect(t, result, report.Fail, c.diagnosis)
			if !strings.Contains(result.Fix, c.fix) {
				t.Errorf("fix: %s", result.Fix)
			}
		})
	}
}
