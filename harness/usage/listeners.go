package usage

import (
	"fmt"
	"net/netip"
	"slices"
)

// Listeners lists the addresses on which these processes listen for TCP, in
// order and without doubles. A v4 address mapped into v6 is given as v4. A
// process that has ended listens on nothing and is no error. The addresses are
// those of the processes' own network namespace.
func Listeners(pids []int) ([]netip.AddrPort, error) {
	all, err := listeners(pids)
	if err != nil {
		return nil, fmt.Errorf("list listening sockets: %w", err)
	}
	for i, a := range all {
		all[i] = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	}
	slices.SortFunc(all, netip.AddrPort.Compare)
	return slices.Compact(all), nil
}
