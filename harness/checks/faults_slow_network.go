package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsSlowNetwork = contract.Check{
	Name:     "faults/slow-network",
	True:     "over a network that is slow, narrow or cuts what is sent into pieces each client gets its whole reply",
	Why:      "Tests on one machine never see it: between machines a request comes in pieces, over a second or two, and a reply is taken slowly.",
	How:      "A client asks through a proxy that does what toxiproxy calls latency (200 ms either way), bandwidth (1 KiB/s), slicer (32 pieces, 50 ms apart) and slow_close (500 ms).",
	Fix:      "Give a client time as long as something comes from it, not for the request as a whole; ten seconds of silence are a good limit.",
	Needs:    []contract.Need{contract.NeedPort},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeSlowNetwork,
}

// judgeSlowNetwork asks through each kind of slow network.
func judgeSlowNetwork(ctx context.Context, s *contract.Session) report.Result {
	o, bad := begin(ctx, s, "clients over a slow network", "a client that is slow is dropped, and the server with it")
	if bad != nil {
		return *bad
	}
	var lost []string
	for _, toxic := range mishap.Slow() {
		var reply []byte
		text := "slow-" + contract.Nonce()
		err := o.through(ctx, toxic, func(ctx context.Context, address string) (err error) {
			reply, err = o.life.EchoAt(ctx, address, text)
			return err
		})
		if err != nil || s.Target().Echo != nil && !holds(reply, s.Target().Echo.Reply, text) {
			lost = append(lost, fmt.Sprintf("%s: %s", toxic.Name, contract.ReplyText(reply, err)))
		}
	}
	result := o.judge(ctx)
	if result.Verdict == report.Pass && len(lost) > 0 {
		return contract.Failed("over a slow network a client got no reply of its own: "+strings.Join(lost, "; "),
			"perhaps it gives a request a time as a whole, or takes the first piece for all of it")
	}
	return result
}
