package fuzz

import "math"

// point is a sample: what had grown by then.
type point struct{ x, y float64 }

// growth is how much y grows from the first point to the last by the least-squares
// line, and half of its 95 % interval; NaN with fewer than five points.
func growth(points []point) (grown, half float64) {
	n := float64(len(points))
	if n < 5 {
		return math.NaN(), math.NaN()
	}
	var mx, my, sxx, sxy float64
	for _, p := range points {
		mx, my = mx+p.x/n, my+p.y/n
	}
	for _, p := range points {
		sxx, sxy = sxx+(p.x-mx)*(p.x-mx), sxy+(p.x-mx)*(p.y-my)
	}
	slope, rest := sxy/sxx, 0.0
	for _, p := range points {
		e := p.y - my - slope*(p.x-mx)
		rest += e * e
	}
	first, last := points[0].x, points[0].x
	for _, p := range points {
		first, last = min(first, p.x), max(last, p.x)
	}
	return slope * (last - first), student(len(points)-2) * math.Sqrt(rest/(n-2)/sxx) * (last - first)
}

// student is the two-sided 95 % quantile of Student's t; beyond 30 degrees of
// freedom the next smaller that is listed.
func student(freedom int) float64 {
	table := []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
		2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042}
	return table[min(max(freedom, 1), len(table))-1]
}
