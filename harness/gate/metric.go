package gate

// Metric is one figure of a life.
type Metric struct {
	Name string
	Unit string
	// More is better, as of requests a second.
	More bool
	// Tolerance is the share of the base's figure that a change must exceed to count,
	// and Floor the change in the metric's unit; both must be exceeded.
	Tolerance, Floor float64
}

// Metrics are the figures that Measure takes, in the order of the table. The floors
// are what differs from life to life on an idle machine of 2 cores, and a little
// more.
func Metrics() []Metric {
	return []Metric{
		{Name: "ready", Unit: "s", Tolerance: 0.10, Floor: 0.05},
		{Name: "echo", Unit: "ms", Tolerance: 0.10, Floor: 0.005},
		{Name: "exec", Unit: "ms", Tolerance: 0.10, Floor: 0.005},
		{Name: "requests", Unit: "requests/s", More: true, Tolerance: 0.15, Floor: 5},
		{Name: "idle-cpu", Unit: "% of a core", Tolerance: 0.25, Floor: 0.1},
		{Name: "idle-wakeups", Unit: "wake-ups/s", Tolerance: 0.25, Floor: 3},
		{Name: "memory", Unit: "MiB", Tolerance: 0.05, Floor: 4},
		{Name: "memory-per-1000", Unit: "MiB", Tolerance: 0.25, Floor: 0.5},
		{Name: "stop", Unit: "ms", Tolerance: 0.10, Floor: 20},
	}
}

// Round is what was measured of one life: the metric's name to its figure. A
// figure that could not be taken is not there.
type Round map[string]float64
