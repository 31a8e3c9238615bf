package bench

import (
	"fmt"
	"strings"
)

// columns of the table, with their heads.
var columns = []struct{ name, head string }{
	{Limit, "asyncio"}, {Protocol, "protocol"}, {Reference, "bgcheck"},
	{Blocking, "blocking"}, {Seeds10, "seeds 10ms"}, {Seeds50, "seeds 50ms"},
}

const (
	labelWidth = 22
	cellWidth  = 13 // figure 7, a space, ratio 5
)

// Table is the result for a terminal of 100 columns.
func (r *Result) Table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d CPUs, %s %s; Blender %s", orUnknown(r.Machine.CPU), r.Machine.CPUs, r.Machine.OS, r.Machine.Kernel, r.Blender.Version)
	if version := r.Python[Limit]; version != "" {
		fmt.Fprintf(&b, "; Python %s, in Blender %s", version, orUnknown(r.Python[Blocking]))
	}
	fmt.Fprintf(&b, "\nload average %.1f before, %.1f after", r.Busy[0], r.Busy[1])
	if r.Busy[0] > 0.5 {
		b.WriteString(": others were at work, believe the ratios alone")
	}
	b.WriteString("\n")
	if len(r.Summary) > 0 {
		fmt.Fprintf(&b, "%d rounds, %.3g s a load, %.3g s idle\n\n", r.Settings.Rounds, r.Settings.SliceSeconds, r.Settings.IdleSeconds)
		r.comparison(&b)
	}
	if r.Harness != nil {
		b.WriteString("\n" + r.Harness.table())
	}
	if r.Growth != nil {
		b.WriteString("\n" + r.Growth.table())
	}
	return b.String()
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

func (r *Result) comparison(b *strings.Builder) {
	write := func(text string) { b.WriteString(strings.TrimRight(text, " ") + "\n") }
	head := strings.Repeat(" ", labelWidth)
	for _, c := range columns {
		head += fmt.Sprintf("%7s%s", c.head, strings.Repeat(" ", cellWidth-max(7, len(c.head))))
	}
	write(head)
	for _, row := range r.Summary {
		text := fmt.Sprintf("%-*s", labelWidth, row.Label)
		for _, c := range columns {
			text += row.cell(c.name)
		}
		write(text)
	}
	fmt.Fprint(b, "\nx is the ratio to asyncio; of kept open to protocol; of launch to the bare Blender below.\n"+
		"Median of the rounds; no witness. The client is one thread and needs a core of its own.\n\n")
	for _, s := range r.Servers {
		if s.Idle != nil {
			fmt.Fprintf(b, "  %-9s %s\n", s.Name, s.What)
		}
	}
	for _, s := range r.Servers {
		for _, row := range r.Summary {
			cell, ok := row.Cells[s.Name]
			switch {
			case !ok || s.Idle != nil:
			case row.Key == "launch_ms":
				fmt.Fprintf(b, "  %5.0f ms  %s (x%.2f)\n", cell.Value, s.What, cell.Ratio)
			case row.Key == "kept_p50_ms":
				fmt.Fprintf(b, "  %5.3f ms  %s\n", cell.Value, s.What)
			}
		}
	}
	if len(r.Aims) == 0 {
		return
	}
	b.WriteString("\n")
	for _, a := range r.Aims {
		word, sign := "missed", "<="
		if a.Met {
			word = "met   "
		}
		if a.AtLeast {
			sign = ">="
		}
		fmt.Fprintf(b, "  %s  %-40s %8.4g %-2s (%s %g)\n", word, a.Name, a.Value, a.Unit, sign, a.Bound)
	}
}

func (row Row) cell(name string) string {
	cell, ok := row.Cells[name]
	if !ok {
		return fmt.Sprintf("%7s%6s", "-", "")
	}
	figure := fmt.Sprintf("%.*f", row.decimals, cell.Value)
	if len(figure) > 7 || cell.Value >= 100 {
		figure = fmt.Sprintf("%.0f", cell.Value)
	}
	ratio := ""
	if cell.Ratio > 0 && name != row.Base {
		ratio = "x" + short(cell.Ratio)
	}
	return fmt.Sprintf("%7s %-5s", figure, ratio)
}

// short is a ratio, short.
func short(ratio float64) string {
	switch {
	case ratio < 0.0005:
		return "0"
	case ratio < 0.0095:
		return fmt.Sprintf("%.3f", ratio)[1:]
	case ratio < 0.995:
		return fmt.Sprintf("%.2f", ratio)[1:]
	case ratio < 9.995:
		return fmt.Sprintf("%.2f", ratio)
	case ratio < 99.5:
		return fmt.Sprintf("%.1f", ratio)
	}
	return fmt.Sprintf("%.0f", ratio)
}

func (c *Cost) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The harness: %.4f %% of a core and %.1f wake-ups/s while Blender is quiet, %.0f MB\n",
		100*c.Quiet.CPU, c.Quiet.Wakeups, float64(c.Memory)/1e6)
	if p := c.Poured; p != nil {
		fmt.Fprintf(&b, "  %d MiB of log in %.2f s: %.2f s of its CPU, memory +%.1f MB, all of it on disk\n",
			p.MiB, p.Seconds, p.CPUSeconds, float64(p.MemoryGrowth)/1e6)
	}
	fmt.Fprintf(&b, "  it knows that a service answers after %.2f ms where the port is announced (at most %.2f),\n"+
		"  after %.1f ms where it asks until it is answered (at most %.1f)\n",
		c.Announced.Median, c.Announced.Max, c.Reserved.Median, c.Reserved.Max)
	return b.String()
}

func (g *Growth) table() string {
	var b strings.Builder
	for i, s := range g.Series {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "Growth: %s\n%12s %9s %10s %12s %8s %10s %12s %6s\n", s.Name,
			s.Unit, "seconds", "p50, ms", "CPU us/req.", "peak MB", "memory MB", "descriptors", "ratio")
		for _, step := range s.Steps {
			ratio := "-"
			if step.Ratio > 0 {
				ratio = fmt.Sprintf("%.2f", step.Ratio)
			}
			fmt.Fprintf(&b, "%12d %9.4f %10.3f %12.0f %8.1f %10.1f %12d %6s\n", step.N, step.Seconds, step.P50, step.CPU,
				float64(step.Peak)/1e6, float64(step.Memory)/1e6, step.Descriptors, ratio)
		}
		fmt.Fprintf(&b, "  time grows with the power %.2f, CPU with %.2f", s.Time, s.CPU)
		if s.Memory > 0 {
			fmt.Fprintf(&b, ", memory with %.2f", s.Memory)
		}
		b.WriteString(" (1 is linear)\n  end: " + s.End + "\n")
	}
	return b.String()
}
