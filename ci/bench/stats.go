package bench

import (
	"math"
	"slices"
)

// Percentiles of one load in one round.
type Percentiles struct {
	// Count of requests answered, each with the reply it should have.
	Count int `json:"count"`
	// P50, P95, P99 and Max in milliseconds. P95 is 0 below 20 requests and P99
	// below 100: there is none.
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms,omitempty"`
	P99 float64 `json:"p99_ms,omitempty"`
	Max float64 `json:"max_ms"`
	// PerSecond is requests per second over the whole load.
	PerSecond float64 `json:"per_second"`
	// CPU of the server's process for one request, in microseconds. Other work
	// on the machine disturbs it the least.
	CPU float64 `json:"cpu_us"`
}

func (t timings) percentiles() *Percentiles {
	sorted := slices.Sorted(slices.Values(t.took))
	n := len(sorted)
	if n == 0 {
		return nil
	}
	p := &Percentiles{Count: n, P50: percentile(sorted, 0.50), Max: sorted[n-1]}
	if n >= 20 {
		p.P95 = percentile(sorted, 0.95)
	}
	if n >= 100 {
		p.P99 = percentile(sorted, 0.99)
	}
	if t.elapsed > 0 {
		p.PerSecond = float64(n) / t.elapsed.Seconds()
	}
	return p
}

// percentile by nearest rank, of sorted values.
func percentile(sorted []float64, share float64) float64 {
	rank := int(math.Ceil(share*float64(len(sorted)))) - 1
	return sorted[max(0, min(rank, len(sorted)-1))]
}

// median of values in any order; NaN of none.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// exponent is k of the curve y = c*x^k that fits best: 1 is linear. NaN with
// fewer than two points above zero.
func exponent(x, y []float64) float64 {
	var n, sx, sy, sxx, sxy float64
	for i := range x {
		if x[i] <= 0 || y[i] <= 0 {
			continue
		}
		lx, ly := math.Log(x[i]), math.Log(y[i])
		n, sx, sy, sxx, sxy = n+1, sx+lx, sy+ly, sxx+lx*lx, sxy+lx*ly
	}
	if n < 2 || n*sxx == sx*sx {
		return math.NaN()
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
