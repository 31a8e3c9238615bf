package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
)

// column is one Blender version of the matrix.
type column struct {
	name, blender string
	// problem is why there is no report: no image, no suite came to its end.
	problem  string
	verdicts map[string]report.Result
}

type matrixWord struct {
	To      string   `placeholder:"FILE" predictor:"file" help:"Write a page of all versions there, too."`
	Folders []string `arg:"" name:"folder" help:"Report folders, each named by its version, as ci/matrix.sh makes them."`
}

// Run prints check by version. It is good only when every column's report is.
func (w *matrixWord) Run(c *call) error {
	status := Good
	var columns []column
	var records []*report.Report
	for _, folder := range w.Folders {
		one := column{name: filepath.Base(folder), verdicts: map[string]report.Result{}}
		if text, err := os.ReadFile(filepath.Join(folder, "problem")); err == nil {
			one.problem = strings.TrimSpace(string(text))
		} else if r, err := report.Refresh(folder); err != nil {
			one.problem = err.Error()
		} else {
			r.Blender.Version = first(r.Blender.Version, one.name)
			records = append(records, r)
			one.blender = r.Blender.Version
			for _, check := range r.Checks {
				one.verdicts[check.Name] = check
			}
			if err := r.Err(); err != nil {
				status = NotGood
			}
		}
		if one.problem != "" {
			head := report.Head{Backend: "container", Blender: report.Blender{Version: one.name}}
			records = append(records, &report.Report{Schema: report.Schema, Head: head, Problems: []string{one.problem}})
			status = NotGood
		}
		columns = append(columns, one)
	}
	fmt.Fprint(c.out, matrixTable(columns))
	if w.To != "" {
		page, err := report.HTML(records...)
		if err == nil {
			err = os.WriteFile(w.To, page, 0o644) //nolint:gosec // a report is for everyone
		}
		if err != nil {
			return CouldNot.because("write the page: %w", err)
		}
		fmt.Fprintf(c.out, "\npage: %s\n", w.To)
	}
	return status.ended()
}

// matrixTable is Markdown: a row a check, a column a version, then what is not
// a pass in words.
func matrixTable(columns []column) string {
	var table, notes strings.Builder
	width := 0
	for _, check := range checks.All() {
		width = max(width, len(check.Name))
	}
	fmt.Fprintf(&table, "| %-*s |", width, "check")
	for _, one := range columns {
		fmt.Fprintf(&table, " %-6s |", first(one.blender, one.name))
	}
	table.WriteString("\n|" + strings.Repeat("-", width+2) + "|" + strings.Repeat("--------|", len(columns)) + "\n")
	for _, check := range checks.All() {
		fmt.Fprintf(&table, "| %-*s |", width, check.Name)
		var reasons []string
		where := map[string][]string{} // reason to versions
		for _, one := range columns {
			result, ok := one.verdicts[check.Name]
			word := string(result.Verdict)
			switch {
			case one.problem != "":
				word = "none"
			case !ok:
				word = "-"
			case result.Verdict == report.Inconclusive:
				word = "unsure"
			}
			fmt.Fprintf(&table, " %-6s |", word)
			if ok && result.Verdict != report.Pass {
				reason := first(result.Diagnosis, result.Seen)
				if where[reason] == nil {
					reasons = append(reasons, reason)
				}
				where[reason] = append(where[reason], one.name)
			}
		}
		for _, reason := range reasons {
			fmt.Fprintf(&notes, "%s on %s: %s\n", check.Name, strings.Join(where[reason], ", "), reason)
		}
		table.WriteString("\n")
	}
	for _, one := range columns {
		if one.problem != "" {
			fmt.Fprintf(&notes, "%s: %s\n", one.name, one.problem)
		}
	}
	if notes.Len() > 0 {
		table.WriteString("\n" + notes.String())
	}
	return table.String()
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
