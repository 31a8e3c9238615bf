//go:build !linux

package bench

import (
	"errors"
	"net/netip"
	"time"
)

// errSystem: the client makes Linux's system calls, and wake-ups are counted
// nowhere else.
var errSystem = errors.New("the benchmark runs on Linux alone")

type conn int

func dial(netip.AddrPort) (conn, error)                  { return -1, errSystem }
func (conn) send([]byte) error                           { return errSystem }
func (conn) read([]byte) (int, error)                    { return 0, errSystem }
func (conn) receive(_, _ []byte) error                   { return errSystem }
func (conn) close()                                      {}
func learn(netip.AddrPort, []byte, bool) ([]byte, error) { return nil, errSystem }
func wire(time.Duration) (*Percentiles, error)           { return nil, errSystem }
func ownCPU() time.Duration                              { return 0 }
func monotonic() time.Duration                           { return 0 }
func (load) oneByOne() (timings, error)                  { return timings{}, errSystem }
func (load) keptOpen() (timings, error)                  { return timings{}, errSystem }
func (load) on(conn) (timings, error)                    { return timings{}, errSystem }
func (load) atOnce(int) (timings, error)                 { return timings{}, errSystem }
