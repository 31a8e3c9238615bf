package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// table is the page of one run.
type table struct {
	Blender string
	Rows    []row
	Seconds float64
	Jobs    int
	Truth   map[string]seenTruth // by add-on; nil: not compared
}

// signs of the verdicts, short enough for a table of many columns.
var signs = map[report.Verdict]string{report.Pass: "+", report.Fail: "**FAIL**", report.Warn: "warn", report.Skip: "-", report.Inconclusive: "?"}

// markdown is the page, and what is wrong with the verdicts.
func (t table) markdown() (text string, wrong []string) {
	var b strings.Builder
	fmt.Fprintf(&b, "# The add-ons of Blender %s\n\n%d add-ons, each hosted in bgcheck's service, %d side by side, in %.0f s (`make bundled`).\n"+
		"`+` passed, `-` not asked because of another fault, `?` inconclusive.\n\n", t.Blender, len(t.Rows), t.Jobs, t.Seconds)
	b.WriteString("| add-on | s |")
	for _, name := range asked {
		fmt.Fprintf(&b, " %s |", name)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(asked)) + "\n")
	var alarms, misses, open []string
	for _, r := range t.Rows {
		by := map[string]report.Result{}
		for _, result := range r.Results {
			by[result.Name] = result
		}
		fmt.Fprintf(&b, "| %s | %.1f |", r.Addon, r.Seconds)
		for _, name := range asked {
			result, ok := by[name]
			if !ok || result.Verdict == report.Inconclusive {
				open = append(open, fmt.Sprintf("%s: %s was not judged: %s", r.Addon, name, result.Diagnosis))
			}
			fmt.Fprintf(&b, " %s |", signs[result.Verdict])
		}
		b.WriteString("\n")
		if truth, known := t.Truth[r.Addon]; known {
			a, m := truth.compare(r)
			alarms, misses = append(alarms, a...), append(misses, m...)
		}
	}
	if t.Truth != nil {
		fmt.Fprintf(&b, "\n## Compared with plain Blender\n\nFalse alarms: %d. Misses: %d. Not judged: %d.\n", len(alarms), len(misses), len(open))
		for _, said := range append(append(append(wrong, alarms...), misses...), open...) {
			fmt.Fprintf(&b, "- %s\n", said)
		}
	}
	b.WriteString("\n## What was found\n\n")
	for _, r := range t.Rows {
		for _, result := range r.Results {
			if result.Verdict == report.Fail || result.Verdict == report.Warn {
				fmt.Fprintf(&b, "- %s: %s %s: %s%s\n", r.Addon, result.Verdict, result.Name, oneLine(said(result)), line(result))
			}
		}
	}
	return b.String(), append(append(alarms, misses...), open...)
}

var (
	place = regexp.MustCompile(`\(at .*/addons(?:_core)?/(\S+:\d+)\)$`)
	frame = regexp.MustCompile(`File ".*/addons(?:_core)?/([^"]+)", line (\d+)`)
)

// line is where the source of the add-on makes a fault: the places of what it
// left, or the innermost of its frames.
func line(result report.Result) string {
	var places []string
	inner := ""
	for _, evidence := range result.Evidence {
		if at := place.FindStringSubmatch(evidence); at != nil {
			places = append(places, at[1])
		}
		if at := frame.FindStringSubmatch(evidence); at != nil {
			inner = at[1] + ":" + at[2]
		}
	}
	if len(places) == 0 && inner != "" {
		places = []string{inner}
	}
	if len(places) > 4 {
		places = append(places[:4], fmt.Sprintf("%d more", len(places)-4))
	}
	if len(places) == 0 {
		return ""
	}
	return " (" + strings.Join(places, ", ") + ")"
}

// said is what was seen, and of an add-on that cannot be enabled why.
func said(result report.Result) string {
	if result.Name == "start/enabled" {
		return result.Diagnosis
	}
	return result.Seen
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
