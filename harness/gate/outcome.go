package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// Outcome is a gate's whole comparison.
type Outcome struct {
	Comparisons []Comparison
	// Differs says why figures do not compare at all; "" when they do.
	Differs string
	// Lost are checks that passed on the base and fail on the head, Known those that
	// fail on both, Open those that could not be judged on the head.
	Lost, Known, Open []string
	// Alarms of so many metrics differ between the base and itself.
	Alarms, Of int
}

// Judge compares two records; the control is the base measured once more, or nil.
func Judge(base, head *Record, control []Round) Outcome {
	o := Outcome{Differs: base.Differs(head)}
	o.Comparisons = Compare(base.Rounds, head.Rounds, control)
	if o.Differs != "" {
		for i := range o.Comparisons {
			o.Comparisons[i].Word, o.Comparisons[i].Note = NotComparable, o.Differs
		}
	}
	if len(control) > 0 {
		o.Alarms, o.Of = FalseAlarms(base.Rounds, control)
	}
	for name, verdict := range head.Checks {
		was := base.Checks[name]
		switch {
		case verdict == report.Fail && was == report.Fail:
			o.Known = append(o.Known, name)
		case verdict == report.Fail:
			o.Lost = append(o.Lost, name)
		case verdict == report.Inconclusive, verdict == report.Skip && was == report.Pass:
			o.Open = append(o.Open, name)
		}
	}
	for _, list := range [][]string{o.Lost, o.Known, o.Open} {
		slices.Sort(list)
	}
	return o
}

// Regressions are what got worse, in a few words each.
func (o Outcome) Regressions() []string {
	var list []string
	for _, name := range o.Lost {
		list = append(list, name+" fails")
	}
	for _, c := range o.Comparisons {
		if c.Word == Worse {
			list = append(list, fmt.Sprintf("%s is worse: %.4g instead of %.4g %s", c.Metric.Name, c.Head, c.Base, c.Metric.Unit))
		}
	}
	return list
}

// Table is the comparison for a terminal or a step's summary.
func (o Outcome) Table() string {
	var b strings.Builder
	if len(o.Comparisons) > 0 {
		fmt.Fprintf(&b, "| %-15s | %10s | %10s | %-11s | %8s | %5s | %s |\n", "metric", "base", "head", "unit", "change", "p", "")
		b.WriteString("|-----------------|-----------:|-----------:|-------------|---------:|------:|---|\n")
	}
	for _, c := range o.Comparisons {
		word := string(c.Word)
		if c.Note != "" {
			word += ": " + c.Note
		}
		fmt.Fprintf(&b, "| %-15s | %10.4g | %10.4g | %-11s | %8s | %5.3f | %s |\n", c.Metric.Name, c.Base, c.Head, c.Metric.Unit, c.Change(), c.P, word)
	}
	for _, part := range []struct {
		what  string
		names []string
	}{
		{"lost: passed on the base, fail now", o.Lost}, {"known: fail on the base as well", o.Known}, {"could not be judged as before", o.Open},
	} {
		if len(part.names) > 0 {
			fmt.Fprintf(&b, "\nchecks %s: %s\n", part.what, strings.Join(part.names, ", "))
		}
	}
	if o.Of > 0 {
		fmt.Fprintf(&b, "\ncontrol: the base against itself differs in %d of %d metrics\n", o.Alarms, o.Of)
	}
	return b.String()
}

// Benchmarks are a record's figures in Go's benchmark format, which benchstat
// reads: a line for each metric and round.
func (r *Record) Benchmarks() string {
	var b strings.Builder
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\ncpu: %s\nblender: %s\nbackend: %s\n", r.Machine.OS, r.Machine.Arch, r.Machine.CPU, r.Blender.Version, r.Backend)
	units := strings.NewReplacer(" ", "-", "%", "percent")
	for _, m := range Metrics() {
		for _, round := range r.Rounds {
			if value, ok := round[m.Name]; ok {
				fmt.Fprintf(&b, "BenchmarkTarget/%s 1 %g %s\n", m.Name, value, units.Replace(m.Unit))
			}
		}
	}
	return b.String()
}
