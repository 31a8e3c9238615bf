package instance

import (
	"net/netip"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Listeners are the addresses that the processes of a sample listen on.
func Listeners(sample usage.Sample) ([]netip.AddrPort, error) {
	pids := make([]int, len(sample.Procs))
	for i, proc := range sample.Procs {
		pids[i] = proc.PID
	}
	return usage.Listeners(pids)
}
