package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	// raised is the last line of a Python traceback.
	raised = regexp.MustCompile(`^([A-Za-z_][\w]*\.)*[A-Z]\w*(Error|Exception|Interrupt|Exit|Warning)\b`)
	// frame is a line of a Python traceback that names a line of source.
	frame = regexp.MustCompile(`^\s*File ".*", line \d+`)
	// deep is a path of many folders, whose last two tell enough.
	deep = regexp.MustCompile(`(/[^/\s"]+){3,}/([^/\s"]+/[^/\s"]+)`)
	// complaint is a line of a log that says that something is wrong.
	complaint = regexp.MustCompile(`(?i)\b(error|fail|failed|cannot|refused|denied|exception|fatal|segmentation|in use)\b`)
)

// telling are the few lines of evidence, at most limit, that say most: how it
// ended, what was raised and where, what was replied. What the result says
// anyway, and where the whole log is, is left to the report.
func (r Result) telling(limit int) []string {
	if r.advice() {
		return nil // the lines are in what was seen
	}
	type line struct {
		at, weight int
		text       string
	}
	var lines []line
	said := r.Seen + "\n" + r.Diagnosis
	lastFrame, most := -1, 0
	for i, text := range r.Evidence {
		text, logged := strings.CutPrefix(Clean(text), "log:")
		if logged {
			text = strings.TrimPrefix(text, " ")
		}
		word, rest, _ := strings.Cut(text, ": ")
		weight := 0
		switch {
		case strings.TrimSpace(text) == "", strings.HasPrefix(text, "Traceback ("),
			strings.HasPrefix(text, "exit: none"), word == "whole log", word == "target file":
			continue
		case frame.MatchString(text):
			lastFrame = len(lines)
		case raised.MatchString(text):
			weight = 5
			if lastFrame >= 0 {
				lines[lastFrame].weight = 4
			}
		case word == "exit", word == "crash file", word == "left running":
			weight = 3
		case complaint.MatchString(text):
			weight = 2
		case !logged && !strings.HasPrefix(text, " "):
			weight = 1
		}
		if strings.Contains(said, cmp.Or(rest, text)) || strings.Contains(said, text) {
			weight = 0
		}
		text = deep.ReplaceAllString(strings.Join(strings.Fields(text), " "), ".../$2")
		// Of two tries the figures differ, and the first tells.
		like := func(l line) bool { return l.text == text || word == "exit" && measured(l.text) == measured(text) }
		if slices.ContainsFunc(lines, like) {
			weight = 0
		}
		lines = append(lines, line{i, weight, text})
		most = max(most, weight)
	}
	// Plain lines tell how far it came: the last of them does, and only where
	// nothing else is known.
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].weight == 1 {
			if most > 1 {
				lines[i].weight = 0
			}
			most = 2
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(b.weight, a.weight) })
	lines = lines[:min(limit, len(lines))]
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.at, b.at) })
	var texts []string
	for _, l := range lines {
		if l.weight > 0 {
			texts = append(texts, l.text)
		}
	}
	return texts
}
