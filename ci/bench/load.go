package bench

import (
	"net/netip"
	"runtime"
	"time"
)

// load is one kind of request to one server.
type load struct {
	address  netip.AddrPort
	requests [][]byte // taken in turn
	want     []byte
	time     time.Duration // at least so long
	count    int           // and at least so many
}

// timings are what a load measured.
type timings struct {
	took    []float64 // milliseconds each
	elapsed time.Duration
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// onThread runs f on a thread of its own.
func onThread(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}
