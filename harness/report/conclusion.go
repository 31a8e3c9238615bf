package report

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// page is how many lines of a terminal the conclusion of four failures may take.
const page = 60

// Conclusion writes the end of a run for a terminal: each fault once, in the
// order in which one would repair them, with cause, remedy and the command to
// repeat; the skipped ones by reason, one line each; the inconclusive ones and
// what was not judged by name; then the count, and where the report is.
//
// With up to four faults it fits on a page of 60 lines: long remedies are cut
// and say where the rest is. All there is stands in the report.
func Conclusion(w io.Writer, r *Report, v View) {
	end := r.ending(v)
	list := r.findings()
	var lines []string
	for i, f := range list {
		number := i + 1
		if len(list) == 1 {
			number = 0
		}
		lines = append(lines, f.text(v, number, r.remedyLines(v, list, page-v.rows(end)))...)
		lines = append(lines, "")
	}
	_, _ = io.WriteString(w, strings.Join(append(lines, end...), "\n")+"\n")
}

// remedyLines is how many lines of each remedy there is room for; 0: all.
func (r *Report) remedyLines(v View, list []finding, room int) int {
	const least = 3
	longest := 0
	for _, f := range list {
		longest = max(longest, len(f.lead.remedy(v, 0)))
	}
	for limit := longest; limit > least; limit-- {
		used := 0
		for i, f := range list {
			used += v.rows(f.text(v, i+1, limit)) + 1
		}
		if used <= room {
			return limit
		}
	}
	return least
}

// ending is what stands behind the failures.
func (r *Report) ending(v View) []string {
	var lines []string
	// brief names as many checks as leave room for the reason on the same line.
	brief := func(word string, g group) string {
		for _, limit := range []int{3, 2, 1} {
			text := some(g.names, limit) + ": " + g.reason
			if len(word)+2+len(text) <= v.width() {
				return text
			}
		}
		if len(g.names) == 1 {
			return g.names[0] + ": " + g.reason
		}
		return fmt.Sprintf("%d checks: %s", len(g.names), g.reason)
	}
	section := func(colour, word, text string, limit int) {
		if text == "" {
			return
		}
		folded := v.lines("", word+": ", text, limit)
		folded[0] = strings.Replace(folded[0], word, v.paint(colour, word), 1)
		lines = append(lines, folded...)
	}
	for _, group := range r.byReason(Inconclusive) {
		section(yellow, "inconclusive", strings.Join(group.names, ", ")+": "+group.reason, 0)
	}
	for _, group := range r.byReason(Warn) {
		section(yellow, "warning", brief("warning", group), 3)
	}
	skipped, rows := r.byReason(Skip), 1
	if len(skipped) == 1 && len(skipped[0].names) == len(r.Checks) {
		rows = 0 // it is all that there is to say
	}
	for _, group := range skipped {
		section(cyan, "skipped", brief("skipped", group), rows)
	}
	for _, group := range r.byReason(Pass) {
		section("", "note", brief("note", group), 3)
	}
	for _, problem := range r.Problems {
		section(red, "could not run", problem, 0)
	}
	if r.Interrupted {
		section(red, "interrupted", "a signal ended the run before its end", 0)
	}
	section(red, "not finished", strings.Join(r.Unfinished, ", "), 0)
	section(red, "not judged", strings.Join(r.NotJudged, ", "), 0)
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, v.lines("", "", r.totals(), 0)...)
	if v.Folder != "" {
		lines = append(lines, v.lines("", "report: ", filepath.Join(v.Folder, PageName)+" (to see it: bgcheck open "+v.Folder+")", 0)...)
	}
	return lines
}

// group are checks for which one thing is to be said.
type group struct {
	names  []string
	reason string
}

// byReason groups the checks of a verdict by their reason, in the order in which
// the reasons come first; of those that passed, the ones with a remark.
func (r *Report) byReason(verdict Verdict) []group {
	var groups []group
	at := map[string]int{}
	for _, check := range r.Checks {
		if check.Verdict != verdict {
			continue
		}
		reason := cmp.Or(check.Diagnosis, check.Seen)
		if verdict == Pass {
			if reason = check.Remark; reason == "" {
				continue
			}
		}
		key := reason
		if name := check.Blames(); name != "" {
			// What was seen of the fault stands with the check that judges it.
			key = name
			reason, _, _ = strings.Cut(reason, " (")
		}
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, group{reason: reason})
		}
		groups[i].names = append(groups[i].names, check.title())
	}
	return groups
}
