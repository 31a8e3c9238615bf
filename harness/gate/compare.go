package gate

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// Word is what came of comparing one metric.
type Word string

// The words.
const (
	Better Word = "better"
	Worse  Word = "worse"
	// Same: no change that counts.
	Same Word = "same"
	// Inconclusive: it changed, and might by chance; Note says what would do.
	Inconclusive Word = "inconclusive"
	// NotComparable: another kind of machine or Blender, or no figure on one side.
	NotComparable Word = "not comparable"
)

// alpha is how sure a change must be: of two samples of five, each of one must be
// above each of the other.
const alpha = 0.01

// Comparison is one metric of base and head.
type Comparison struct {
	Metric Metric
	Word   Word
	// Base and Head are medians; NaN where there is no figure.
	Base, Head float64
	// P is the chance that figures so different are of one kind (Mann-Whitney).
	P float64
	// Note says why, where the word does not.
	Note string
}

// Compare compares the figures of base and head. The control is the base measured
// once more beside them: a metric whose control differs from the base as much as
// the head does is told by chance, and is inconclusive. Without a control, nil.
func Compare(base, head, control []Round) []Comparison {
	var list []Comparison
	for _, metric := range Metrics() {
		one, other := figures(base, metric.Name), figures(head, metric.Name)
		if len(one)+len(other) == 0 {
			continue
		}
		c := metric.compare(one, other)
		if c.Word == Better || c.Word == Worse {
			if again := figures(control, metric.Name); len(again) > 0 {
				if self := metric.compare(one, again); self.Word == Better || self.Word == Worse {
					c.Word, c.Note = Inconclusive, "the base differs from itself as well: the machine is too busy"
				}
			}
		}
		list = append(list, c)
	}
	return list
}

// FalseAlarms counts the metrics in which the control differs from the base, of
// how many: all of them are by chance.
func FalseAlarms(base, control []Round) (alarms, of int) {
	for _, c := range Compare(base, control, nil) {
		of++
		if c.Word == Worse || c.Word == Better {
			alarms++
		}
	}
	return alarms, of
}

func figures(rounds []Round, name string) []float64 {
	var list []float64
	for _, round := range rounds {
		if value, ok := round[name]; ok {
			list = append(list, value)
		}
	}
	return list
}

// compare judges one metric.
func (m Metric) compare(base, head []float64) Comparison {
	c := Comparison{Metric: m, Word: NotComparable, Base: median(base), Head: median(head), P: math.NaN()}
	switch {
	case len(base) == 0:
		c.Note = "the base has no figure"
		return c
	case len(head) == 0:
		c.Note = "the head has no figure"
		return c
	}
	c.P = benchmath.AssumeNothing.Compare(sample(base), sample(head)).P
	change := c.Head - c.Base
	switch {
	case math.Abs(change) <= m.Floor || math.Abs(change) <= m.Tolerance*math.Abs(c.Base):
		c.Word = Same
	case c.P >= alpha:
		c.Word = Inconclusive
		c.Note = fmt.Sprintf("too noisy; %d rounds may do", max(5, 2*min(len(base), len(head))))
	case (change > 0) == m.More:
		c.Word = Better
	default:
		c.Word = Worse
	}
	return c
}

func sample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.Thresholds{CompareAlpha: alpha})
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[len(sorted)/2]
}

// Change is how far the head's figure lies from the base's, as "+12.3 %".
func (c Comparison) Change() string {
	if math.IsNaN(c.Base) || math.IsNaN(c.Head) || c.Base == 0 {
		return ""
	}
	return fmt.Sprintf("%+.1f %%", (c.Head-c.Base)/math.Abs(c.Base)*100)
}
