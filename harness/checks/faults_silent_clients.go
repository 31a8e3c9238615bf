package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsSilentClients = contract.Check{
	Name: "faults/silent-clients",
	True: "clients that connect and say nothing, or a byte now and then, keep it from nobody for long, and from nobody when they have left",
	Why:  "Port scanners, browsers that connect ahead, and a client that was stopped hold connections without a word. Places that are taken by them and never given back make a service deaf.",
	How:  "One client says nothing and one sends a byte of a request twice a second; another asks. Then 64 come and leave without a word, and another asks. That they make the others wait for long is a warning: it is a matter of taste. That nobody is answered when they have left is a fault.",
	Fix: "Give back what a connection holds where it ends, not where it is answered (connection_lost, finally), and give each a time:\n" +
		"    client.settimeout(10)",
	Needs: []contract.Need{contract.NeedPort},
	Asks:  contract.OwnLives,
	Run:   judgeSilentClients,
}

// crowdSize is how many come and leave without a word.
const crowdSize = 64

// judgeSilentClients lets clients come that say nothing.
func judgeSilentClients(ctx context.Context, s *contract.Session) report.Result {
	o, bad := begin(ctx, s, "clients that said nothing had left", "what a connection holds is given back where it is answered, and not where it ends")
	if bad != nil {
		return *bad
	}
	var begun []byte
	if probe, err := o.life.Probe(); err == nil && s.Target().Service.Protocol != "http" {
		begun, _ = probe.Wire() // without it all are silent
	}
	_, leave := o.crowd(ctx, 2, begun)
	held, waited := o.held(ctx)
	leave()
	came, leave := o.crowd(ctx, crowdSize, nil)
	leave()
	o.notes = append(o.notes, fmt.Sprintf("%d connected and left without a word", came))
	result := o.judge(ctx)
	if result.Verdict == report.Fail && len(begun) > 0 { // one that leaves has sent half a request
		if same, stop := s.After(ctx, aliveBadInput, "half a request harms it"); stop && same.Verdict == report.Skip {
			return same
		}
	}
	return o.tasteOf(result, held, waited, "clients that said nothing were connected")
}
