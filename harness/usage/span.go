package usage

import "fmt"

// Span is a Window with what lay between its ends.
type Span struct {
	Window
	// Samples it was made from.
	Samples int `json:"samples"`
	// Memory in bytes, Open descriptors and Live threads over the span.
	Memory Range `json:"memory"`
	Open   Range `json:"open"`
	Live   Range `json:"live"`
}

// Range is how one number moved.
type Range struct {
	// Min and Max seen.
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	// Slope is the growth per second of the straight line that fits best
	// (least squares): near 0 for a number that only goes up and down.
	Slope float64 `json:"slope"`
}

// SpanOf sums up samples, which are in order of time. It needs two of them,
// taken at different moments.
func SpanOf(samples []Sample) (Span, error) {
	n := len(samples)
	if n < 2 || !samples[n-1].At.After(samples[0].At) {
		return Span{}, fmt.Errorf("sum up a window: two samples are needed, %d there", n)
	}
	seconds := make([]float64, n)
	for i, s := range samples {
		seconds[i] = s.At.Sub(samples[0].At).Seconds()
	}
	span := Span{Window: Between(samples[0], samples[n-1]), Samples: n}
	span.Memory = rangeOf(seconds, func(i int) float64 { return float64(samples[i].RSS) })
	span.Open = rangeOf(seconds, func(i int) float64 { return float64(samples[i].Descriptors) })
	span.Live = rangeOf(seconds, func(i int) float64 { return float64(samples[i].Threads) })
	return span, nil
}

func rangeOf(x []float64, y func(int) float64) Range {
	r := Range{Min: y(0), Max: y(0)}
	var meanX, meanY float64
	for i := range x {
		r.Min, r.Max = min(r.Min, y(i)), max(r.Max, y(i))
		meanX += x[i] / float64(len(x))
		meanY += y(i) / float64(len(x))
	}
	var up, across float64
	for i := range x {
		up += (x[i] - meanX) * (y(i) - meanY)
		across += (x[i] - meanX) * (x[i] - meanX)
	}
	if across > 0 && r.Max > r.Min {
		r.Slope = up / across
	}
	return r
}
