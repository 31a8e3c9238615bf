package report

import (
	"fmt"
	"math"
	"strings"
)

// A drawing is as wide as the page gives it: shapes are in thousandths of the width
// and stretched, texts stand at percentages and are not.
const across = 1000

// figure is a life under one axis of time.
type figure struct {
	Height int
	Length float64 // seconds
	Ticks  []tick
	// Ready is where it became ready, as a percentage; "" where it did not.
	Ready  string
	Marks  []tick // signals, with their names
	Lanes  []lane
	Points string // of the samples, for the cursor: "at,cpu,memory,wake-ups;..."
}

// Below is the height of all lanes.
func (f figure) Below() int { return f.Foot() - markHeight }

// Foot is where the lanes end.
func (f figure) Foot() int { return f.Height - axisHeight }

// TickY is the line that the axis's texts stand on.
func (f figure) TickY() int { return f.Height - 5 }

// tick is a text at a place on the axis.
type tick struct{ X, Anchor, Text string }

// lane is one row of the figure.
type lane struct {
	Y, Top, Height int // of its name, of its shapes, and how high these are
	Name, Note     string
	// Kind is the style's; Good and Bad are paths of strokes, Area is filled.
	Kind            string
	Good, Bad, Area string
}

// chart is a small drawing with a sentence.
type chart struct {
	Sentence   string
	Path       string
	Bars       bool // the path is filled, and no line
	Low, High  string
	Width, Top int
}

const (
	nameHeight = 18
	gap        = 8
	axisHeight = 20
	markHeight = 16
)

// draw lays the life out.
func (c Course) draw() figure {
	f := figure{Length: max(c.Seconds, c.Ready, 0.001)}
	x := func(at float64) float64 { return min(max(at/f.Length, 0), 1) * across }
	f.Ticks = axis(f.Length)
	if c.Ready > 0 {
		f.Ready = percent(c.Ready / f.Length)
	}
	for i, s := range c.signals() {
		if i < 12 {
			f.Marks = append(f.Marks, at(s.At/f.Length, s.Name))
		}
	}
	y := markHeight
	add := func(l lane) {
		l.Y, l.Top = y+13, y+nameHeight
		y += nameHeight + l.Height + gap
		f.Lanes = append(f.Lanes, l)
	}
	var checks strings.Builder
	for i, check := range c.Checks {
		from, to := x(check.From), x(check.To)
		row := float64(i%3) * 6
		fmt.Fprintf(&checks, "M%.1f %.0fH%.1fv4H%.1fz", from, row, max(to, from+2), from)
	}
	add(lane{Name: "checks that ask it", Kind: "checks", Height: 18, Area: checks.String()})
	good, bad := strokes{height: 18}, strokes{height: 18}
	for _, r := range c.Requests {
		if r.Error != "" {
			bad.add(x(r.At), x(r.At+r.Seconds))
		} else {
			good.add(x(r.At), x(r.At+r.Seconds))
		}
	}
	note := fmt.Sprintf("%d", len(c.Requests)+c.Unlisted)
	if c.Unlisted > 0 {
		note += fmt.Sprintf(", %d drawn", len(c.Requests))
	}
	add(lane{Name: "requests", Note: note, Kind: "requests", Height: 18, Good: good.String(), Bad: bad.String()})
	f.addUse(c, x, add)
	lines := strokes{height: 12}
	for _, line := range c.Log {
		lines.add(x(line.At), x(line.At))
	}
	note = fmt.Sprintf("%d", len(c.Log)+c.Unlogged)
	if c.Unlogged > 0 {
		note += fmt.Sprintf(", %d drawn", len(c.Log))
	}
	add(lane{Name: "lines of log", Note: note, Kind: "log", Height: 12, Good: lines.String()})
	f.Height = y + axisHeight
	return f
}

// addUse draws what the process used, where that was sampled.
func (f *figure) addUse(c Course, x func(float64) float64, add func(lane)) {
	if len(c.Samples) < 2 {
		return
	}
	var times, cpu, wakeups, memory []float64
	var points strings.Builder
	for i := 1; i < len(c.Samples); i++ {
		used, ok := c.use(i)
		if !ok {
			continue
		}
		s := c.Samples[i]
		times, memory = append(times, x(s.At)), append(memory, float64(s.RSS)/(1<<20))
		cpu, wakeups = append(cpu, used.cpu*100), append(wakeups, used.wakeups)
		fmt.Fprintf(&points, "%.3f,%.1f,%.1f,%.0f;", s.At, used.cpu*100, float64(s.RSS)/(1<<20), used.wakeups)
	}
	f.Points = points.String()
	for _, one := range []struct {
		name, unit string
		values     []float64
	}{{"CPU", "% of a core", cpu}, {"memory", "MiB", memory}, {"wake-ups", "a second", wakeups}} {
		most := 0.0
		for _, v := range one.values {
			most = max(most, v)
		}
		area, line := curve(times, one.values, most, 32)
		add(lane{Name: one.name, Note: fmt.Sprintf("up to %s %s", number(most), one.unit), Kind: "curve", Height: 32, Good: line, Area: area})
	}
}

// curve is a line through the values, and the area below it.
func curve(x, values []float64, most, height float64) (area, line string) {
	if len(x) == 0 {
		return "", ""
	}
	var b strings.Builder
	for i := range x {
		fmt.Fprintf(&b, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], x[i], height-values[i]/max(most, 1e-9)*(height-1))
	}
	line = b.String()
	return fmt.Sprintf("%sL%.1f %.0fL%.1f %.0fz", line, x[len(x)-1], height, x[0], height), line
}

// strokes are upright lines, each with a foot as long as something took.
type strokes struct {
	strings.Builder
	height float64
}

func (s *strokes) add(from, to float64) {
	fmt.Fprintf(s, "M%.1f 0V%.0f", from, s.height)
	if to-from > 1 {
		fmt.Fprintf(s, "H%.1f", to)
	}
}

// axis are times at round places, six at most.
func axis(length float64) []tick {
	step := math.Pow(10, math.Floor(math.Log10(length/4)))
	for _, more := range []float64{2, 2.5, 2} { // 1, 2, 5, 10 of that power of ten
		if length/step > 5 {
			step *= more
		}
	}
	var list []tick
	for i := 0; float64(i)*step <= length && i < 8; i++ {
		list = append(list, at(float64(i)*step/length, number(float64(i)*step)+" s"))
	}
	return list
}

// at is a text at a share of the width, which stays within it.
func at(share float64, text string) tick {
	t := tick{percent(share), "middle", text}
	switch {
	case share < 0.08:
		t.Anchor = "start"
	case share > 0.88:
		t.Anchor = "end"
	}
	return t
}

func percent(share float64) string { return fmt.Sprintf("%.2f%%", min(max(share, 0), 1)*100) }

// number is a figure for people, with three digits that count.
func number(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", math.Round(v*1000)/1000)
}

// draw is the distribution as bars.
func (l Latency) draw() chart {
	first, last, most := len(l.Counts), 0, 0
	for i, n := range l.Counts {
		if n > 0 {
			first, last, most = min(first, i), i, max(most, n)
		}
	}
	c := chart{Bars: true, Width: last - first + 1, Top: 40, Low: "0 ms", High: took(LatencyStep(last))}
	if first > 0 {
		c.Low = took(LatencyStep(first - 1))
	}
	var b strings.Builder
	for i := first; i <= last; i++ {
		if n := l.Counts[i]; n > 0 {
			high := max(float64(n)/float64(most)*40, 1)
			fmt.Fprintf(&b, "M%d.05 40v-%.1fh.9V40z", i-first, high)
		}
	}
	c.Path = b.String()
	c.Sentence = fmt.Sprintf("%d answered: half within %s, 95 of 100 within %s, all within %s",
		l.N(), took(l.Quantile(0.5)), took(l.Quantile(0.95)), took(l.Quantile(1)))
	return c
}

// enoughToGrow is how many answered requests make a curve of growth.
const enoughToGrow = 50

// growth is the memory by the requests that were answered; nil for few of them.
func (c Course) growth() *chart {
	var asked, memory []float64
	for _, s := range c.Samples {
		if c.Ready > 0 && s.At >= c.Ready {
			asked, memory = append(asked, float64(s.Requests)), append(memory, float64(s.RSS)/(1<<20))
		}
	}
	n := len(asked)
	if n < 4 || asked[n-1]-asked[0] < enoughToGrow {
		return nil
	}
	low, high := memory[0], memory[0]
	for _, v := range memory {
		low, high = min(low, v), max(high, v)
	}
	for i := range asked {
		asked[i] = (asked[i] - asked[0]) / math.Max(float64(c.Samples[len(c.Samples)-1].Requests)-asked[0], 1) * across
	}
	above := make([]float64, n)
	for i, v := range memory {
		above[i] = v - low
	}
	_, line := curve(asked, above, max(high-low, 1), 40)
	return &chart{
		Path: line, Width: across, Top: 40, Low: "0 requests", High: fmt.Sprintf("%d requests", c.Samples[len(c.Samples)-1].Requests),
		Sentence: fmt.Sprintf("memory by requests answered: %s MiB at first, %s MiB at last, between %s and %s", number(memory[0]), number(memory[n-1]), number(low), number(high)),
	}
}
