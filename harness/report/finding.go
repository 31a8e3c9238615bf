package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// finding is one fault to repair: the check that tells most about it, and the
// others that failed for it.
type finding struct {
	lead   Result
	others []Result
}

// findings lists what failed, each fault once, in the order in which one would
// repair: what keeps everything from running, what keeps others from being
// judged, what was measured, and last what was only read in the source.
func (r *Report) findings() []finding {
	blamed := map[string]bool{}
	var failed []Result
	for _, check := range r.Checks {
		if check.Verdict == Fail {
			failed = append(failed, check)
		}
		blamed[check.Blames()] = true
	}
	slices.SortStableFunc(failed, func(a, b Result) int {
		return cmp.Compare(a.turn(blamed), b.turn(blamed))
	})
	var list []finding
next:
	for _, check := range failed {
		for i := range list {
			if list[i].lead.sameFault(check) {
				list[i].others = append(list[i].others, check)
				continue next
			}
		}
		list = append(list, finding{lead: check})
	}
	// What several checks fail for is repaired before what one does.
	slices.SortStableFunc(list, func(a, b finding) int {
		return cmp.Or(cmp.Compare(min(a.lead.turn(blamed), 3), min(b.lead.turn(blamed), 3)), cmp.Compare(b.measured(), a.measured()),
			cmp.Compare(a.lead.turn(blamed), b.lead.turn(blamed)))
	})
	return list
}

// measured counts the other checks that failed, those that only read left out.
func (f finding) measured() int {
	count := 0
	for _, r := range f.others {
		if !r.advice() {
			count++
		}
	}
	return count
}

// turn is when a failure is to be repaired: the lower, the sooner.
func (r Result) turn(blamed map[string]bool) int {
	switch {
	case r.Name == "start/enabled":
		return 0
	case r.Name == "start/ready":
		return 1
	case r.advice():
		return 4
	case blamed[r.Name]:
		return 2
	}
	return 3
}

// figures differ from one measurement of a fault to the next.
var figures = regexp.MustCompile(`[0-9][0-9.]*(ms|s)?`)

// measured is a text without its figures.
func measured(text string) string { return figures.ReplaceAllString(text, "0") }

// sameFault tells whether two failures have one cause: the same diagnosis, but
// for figures, or the same line of the source, once measured and once read.
func (r Result) sameFault(other Result) bool {
	if r.Target != other.Target {
		return false
	}
	if sameCause(measured(r.Diagnosis), measured(other.Diagnosis)) {
		return true
	}
	if len(r.Places) == 0 || r.advice() == other.advice() {
		return false
	}
	return slices.ContainsFunc(other.Places, func(p Place) bool {
		return p.File == r.Places[0].File && p.Line == r.Places[0].Line
	})
}

// telltale is how long a cause must be to be known again within another's sentence.
const telltale = 60

// sameCause tells whether two diagnoses are one, or one has the other's cause behind
// what it says itself.
func sameCause(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	return a != "" && a == b || len(b) >= telltale && strings.HasSuffix(a, ": "+b)
}

// label stands before a field of a finding.
const indent, blank = "  ", "          "

func label(word string) string { return word + blank[len(word):] }

// text is the finding for a terminal; number stands before it unless it is 0.
// Of the remedy are at most remedy lines shown, unless that is 0.
func (f finding) text(v View, number, remedy int) []string {
	title := []string{f.lead.title()}
	for _, other := range f.others {
		title = append(title, other.Name)
	}
	word := "FAIL "
	if number > 0 {
		word = fmt.Sprintf("%d. FAIL ", number)
	}
	lines := v.lines("", word, strings.Join(title, ", "), 0)
	lines[0] = strings.Replace(lines[0], "FAIL", v.paint(red, "FAIL"), 1)
	return append(lines, f.lead.body(v, remedy)...)
}

// Block is a result that did not pass as text for a terminal, without its title:
// what was seen, the cause, the few lines of evidence that tell, the remedy and
// the command to repeat.
func (r Result) Block(v View) string {
	return strings.Join(r.body(v, 0), "\n") + "\n"
}

// body is the text below the title.
func (r Result) body(v View, remedy int) []string {
	var lines []string
	add := func(word, text string, limit int) {
		if text != "" {
			lines = append(lines, v.lines(indent, label(word), text, limit)...)
		}
	}
	add("seen", r.Seen, 3)
	add("cause", r.Diagnosis, 5)
	if len(r.Places) > 0 {
		if at := r.Places[0].short(); !strings.Contains(r.Diagnosis+r.Seen, at) {
			lines = append(lines, v.line(indent+label("at"), at+" "+r.Places[0].Message))
		}
	}
	for i, line := range r.telling(3) {
		lines = append(lines, Harmless(indent+label([]string{"evidence", "", ""}[i])+cut(line, v.width()-len(indent)-len(blank))))
	}
	lines = append(lines, r.remedy(v, remedy)...)
	if command := r.repeat(); command != "" {
		lines = append(lines, indent+"$ "+Clean(command))
	}
	return lines
}

// remedy is what to write, in at most limit lines; 0: all.
func (r Result) remedy(v View, limit int) []string {
	if r.Fix == "" {
		return nil
	}
	lines := v.lines(indent, label("remedy"), r.Fix, 0)
	if limit <= 0 || len(lines) <= limit {
		return lines
	}
	keep := max(limit-1, 1)
	// What is said to follow must follow.
	for keep > 1 && strings.HasSuffix(lines[keep-1], ":") {
		keep--
	}
	where := "in the report"
	if v.Folder != "" {
		where = "in " + filepath.Join(v.Folder, PageName)
	}
	return append(lines[:keep:keep], v.line(indent+blank, fmt.Sprintf("... %d lines more: %s", len(lines)-keep, where)))
}

// repeat is the command without the remark behind it.
func (r Result) repeat() string {
	first, _, _ := strings.Cut(r.Command, "\n")
	first, _, _ = strings.Cut(first, "  # ")
	return first
}

// short is the place by its last folder's name and line: my_addon/server.py:17
// for files that share their name with many, else server.py:17.
func (p Place) short() string {
	name := filepath.Base(p.File)
	if name == "__init__.py" {
		name = filepath.Join(filepath.Base(filepath.Dir(p.File)), name)
	}
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d", name, p.Line)
	}
	return name
}
