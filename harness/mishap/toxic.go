package mishap

import "time"

// Toxic is what a Proxy does to each connection. Names and meaning are those that
// toxiproxy gives; the zero value does nothing.
type Toxic struct {
	Name string
	// Latency: what goes through, either way, comes so much later.
	Latency time.Duration
	// Bandwidth, in bytes a second either way; 0: no bound.
	Bandwidth int
	// Slices: what the client sends at once goes on in so many pieces (slicer), with
	// Between from one to the next.
	Slices  int
	Between time.Duration
	// SlowClose: the end of either side comes so much later.
	SlowClose time.Duration
	// Timeout: nothing gets through, and the connection is closed after this time.
	Timeout time.Duration
	// ResetPeer: after this time, in which all goes through, both sides get a reset.
	ResetPeer time.Duration
	// Limit: after so many bytes of the reply both sides get a reset (limit_data).
	Limit int64
}

// Slow are those through which a patient client gets its whole reply.
func Slow() []Toxic {
	return []Toxic{
		{Name: "latency", Latency: 200 * time.Millisecond},
		{Name: "bandwidth", Bandwidth: 1 << 10},
		{Name: "slicer", Slices: 32, Between: 50 * time.Millisecond},
		{Name: "slow_close", SlowClose: 500 * time.Millisecond},
	}
}
