package bench

import (
	"math"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func upTo(n int) (list []float64) {
	for i := n; i > 0; i-- {
		list = append(list, float64(i))
	}
	return list
}

func TestPercentilesAreByNearestRank(t *testing.T) {
	g := NewWithT(t)
	p := timings{upTo(1000), 2 * time.Second}.percentiles()
	g.Expect(*p).To(Equal(Percentiles{Count: 1000, P50: 500, P95: 950, P99: 990, Max: 1000, PerSecond: 500}))
	g.Expect(timings{}.percentiles()).To(BeNil())
}

func TestAFewRequestsHaveNoHighPercentiles(t *testing.T) {
	g := NewWithT(t)
	g.Expect(timings{upTo(19), time.Second}.percentiles()).To(HaveField("P95", 0.0))
	p := timings{upTo(99), time.Second}.percentiles()
	g.Expect(p.P95).To(Equal(95.0))
	g.Expect(p.P99).To(BeZero())
	g.Expect(timings{upTo(100), time.Second}.percentiles()).To(HaveField("P99", 99.0))
	g.Expect(timings{[]float64{3}, time.Second}.percentiles()).To(HaveField("P50", 3.0))
}

func TestMedian(t *testing.T) {
	g := NewWithT(t)
	g.Expect(median([]float64{9, 1, 5})).To(Equal(5.0))
	g.Expect(median([]float64{9, 1, 5, 7})).To(Equal(6.0))
	g.Expect(math.IsNaN(median(nil))).To(BeTrue())
}

func TestExponentOfPowers(t *testing.T) {
	g := NewWithT(t)
	x := []float64{1, 10, 100, 1000}
	curve := func(k float64) (y []float64) {
		for _, v := range x {
			y = append(y, 7*math.Pow(v, k))
		}
		return y
	}
	for _, k := range []float64{0, 0.5, 1, 2} {
		g.Expect(exponent(x, curve(k))).To(BeNumerically("~", k, 1e-9))
	}
	g.Expect(exponent(x, []float64{-4, 0, 3, 30})).To(BeNumerically("~", 1, 1e-9), "points below zero are left out")
	g.Expect(math.IsNaN(exponent(x, []float64{0, 0, 0, 1}))).To(BeTrue(), "one point is no curve")
	g.Expect(math.IsNaN(exponent([]float64{5, 5}, []float64{1, 2}))).To(BeTrue())
}
