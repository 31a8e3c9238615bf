package service

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
)

// ownLimits counts the connections that this process could not open for a limit of
// its own or of the machine.
var ownLimits atomic.Int64

// OwnLimits is how often a connection failed here since the start because this process
// or the machine had no descriptor left (ulimit -n): a fault of nobody's service.
func OwnLimits() int64 { return ownLimits.Load() }

// dial opens a connection, and counts where the limit is ours.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		ownLimits.Add(1)
	}
	return conn, err
}
