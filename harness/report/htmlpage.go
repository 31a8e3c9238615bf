package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// document is what page.html shows.
type document struct {
	Title string
	// Word is the verdict on all of it, Sentence says how the targets stand.
	Word     Verdict
	Sentence string
	Targets  []pageTarget
	Columns  []string // names of all columns, each once
}

// pageTarget is one target on the page.
type pageTarget struct {
	ID, Name string
	Word     Verdict
	// Sentence says how it stands; Who, in which circumstances.
	Sentence, Who string
	Counts        []pageCount
	Columns       []column
	Findings      []*pageFinding // failed: to be repaired
	Warnings      []*pageFinding
	// Trouble is what is no fault of the target: of the machine, or of the run.
	Trouble []string
	Unsure  []*pageFinding // inconclusive
	Skips   []pageGroup
	Notes   []pageGroup
	Areas   []pageArea
	// Lives have a timeline each; Unshown is how many more there were.
	Lives     []*pageLife
	Unshown   int
	Latencies []pageLatency
}

type pageCount struct {
	Verdict Verdict
	N       int
}

// pageGroup are checks for which one reason holds.
type pageGroup struct {
	Names  []string
	Reason string
	Where  []string
}

// pageFinding is one fault, on one column or on several.
type pageFinding struct {
	ID     string
	Number int
	Names  []string
	Where  []string // the columns' names, when not all have it
	Result
	// Telling are the few lines of evidence that say most.
	Telling []string
	// Repeat is the command without the remark behind it.
	Repeat string
}

// pageArea are the matrix's rows of one area.
type pageArea struct {
	Name string
	Rows []pageRow
}

type pageRow struct {
	Name, Expected, Seen string
	Seconds              string
	Cells                []pageCell
}

type pageCell struct {
	Verdict Verdict // "" where there is no result
	Why     string
	To      string // the finding's id, or ""
}

func newPage(records []*Report) document {
	var p document
	all := columns(records)
	for i, c := range all {
		if !slices.Contains(p.Columns, c.Name) {
			p.Columns = append(p.Columns, c.Name)
		}
		if slices.ContainsFunc(all[:i], func(o column) bool { return o.Target == c.Target }) {
			continue
		}
		var of []column
		for _, o := range all {
			if o.Target == c.Target {
				of = append(of, o)
			}
		}
		p.Targets = append(p.Targets, newPageTarget(fmt.Sprintf("t%d", len(p.Targets)+1), of))
	}
	p.addLives()
	p.Word = p.Targets[0].Word
	for _, t := range p.Targets {
		if t.Word.rank() < p.Word.rank() {
			p.Word = t.Word
		}
	}
	p.Title = p.Targets[0].Name
	if n := len(p.Targets); n > 1 {
		p.Title = fmt.Sprintf("%d targets", n)
		p.Sentence = p.sentence()
	}
	return p
}

func newPageTarget(id string, columns []column) pageTarget {
	t := pageTarget{ID: id, Name: cmp.Or(columns[0].Target, "no target"), Columns: columns, Word: Pass}
	for _, c := range columns {
		if c.Word().rank() < t.Word.rank() {
			t.Word = c.Word()
		}
		for _, f := range c.findings() {
			t.Findings = t.add(t.Findings, c, f.lead, f.others...)
		}
		for _, check := range c.Checks {
			switch check.Verdict {
			case Warn:
				t.Warnings = t.add(t.Warnings, c, check)
			case Inconclusive:
				t.Unsure = t.add(t.Unsure, c, check)
			}
		}
		t.trouble(c)
		t.Skips = t.grouped(t.Skips, c, Skip)
		t.Notes = t.grouped(t.Notes, c, Pass)
	}
	for _, v := range Verdicts() {
		n := 0
		for _, c := range columns {
			n += c.Count(v)
		}
		if n > 0 || v == Pass || v == Fail {
			t.Counts = append(t.Counts, pageCount{v, n})
		}
	}
	t.number()
	t.matrix()
	t.Sentence, t.Who = t.sentence(), t.who()
	return t
}

// add puts a fault among the findings; one that another column has too is told
// once.
func (t *pageTarget) add(list []*pageFinding, c column, lead Result, others ...Result) []*pageFinding {
	f := &pageFinding{Names: []string{lead.Name}, Where: []string{c.Name}, Result: lead, Telling: lead.telling(5), Repeat: lead.repeat()}
	for _, other := range others {
		f.Names = append(f.Names, other.Name)
	}
	for _, old := range list {
		if slices.Equal(old.Names, f.Names) && old.sameFault(lead) && !slices.Contains(old.Where, c.Name) {
			old.Where = append(old.Where, c.Name)
			return list
		}
	}
	return append(list, f)
}

// trouble collects what kept the run from its end.
func (t *pageTarget) trouble(c column) {
	say := func(text string) {
		if len(t.Columns) > 1 {
			text = c.Name + ": " + text
		}
		if !slices.Contains(t.Trouble, text) {
			t.Trouble = append(t.Trouble, text)
		}
	}
	for _, problem := range c.Problems {
		say("could not run: " + Clean(problem))
	}
	if c.Interrupted {
		say("interrupted: a signal ended the run before its end")
	}
	if len(c.Unfinished) > 0 {
		say("not finished: " + Clean(strings.Join(c.Unfinished, ", ")))
	}
	if len(c.NotJudged) > 0 {
		say("not judged: " + strings.Join(c.NotJudged, ", "))
	}
}

func (t *pageTarget) grouped(list []pageGroup, c column, verdict Verdict) []pageGroup {
next:
	for _, g := range c.byReason(verdict) {
		for i, old := range list {
			if old.Reason == g.reason && slices.Equal(old.Names, g.names) {
				list[i].Where = append(list[i].Where, c.Name)
				continue next
			}
		}
		list = append(list, pageGroup{g.names, g.reason, []string{c.Name}})
	}
	return list
}

// number gives each finding its id and, where there are several, its number;
// on which columns it is seen is said where that is not all.
func (t *pageTarget) number() {
	for kind, list := range map[string][]*pageFinding{"f": t.Findings, "w": t.Warnings, "u": t.Unsure} {
		for i, f := range list {
			f.ID, f.Number = fmt.Sprintf("%s-%s%d", t.ID, kind, i+1), i+1
			if len(f.Where) == len(t.Columns) {
				f.Where = nil
			}
		}
	}
	for _, list := range [][]pageGroup{t.Skips, t.Notes} {
		for i := range list {
			if len(list[i].Where) == len(t.Columns) {
				list[i].Where = nil
			}
		}
	}
}

// matrix fills in the rows: checks by columns, in the order of the first column.
func (t *pageTarget) matrix() {
	var names []string
	for _, c := range t.Columns {
		for _, check := range c.Checks {
			if !slices.Contains(names, check.Name) {
				names = append(names, check.Name)
			}
		}
		for _, name := range c.NotJudged {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, name := range names {
		row := pageRow{Name: name}
		for _, c := range t.Columns {
			check := c.result(name)
			if check == nil {
				row.Cells = append(row.Cells, pageCell{Why: notJudged})
				continue
			}
			row.Expected = cmp.Or(row.Expected, check.Expected)
			row.Seen = cmp.Or(row.Seen, cmp.Or(check.Diagnosis, check.Seen))
			if check.Verdict == Pass {
				row.Seen = check.Seen
			}
			row.Seconds = fmt.Sprintf("%.2f s", check.Seconds)
			row.Cells = append(row.Cells, pageCell{check.Verdict, check.headline(), t.finding(name, c.Name)})
		}
		area := Result{Name: name}.area()
		at := slices.IndexFunc(t.Areas, func(a pageArea) bool { return a.Name == area })
		if at < 0 {
			at = len(t.Areas)
			t.Areas = append(t.Areas, pageArea{Name: area})
		}
		t.Areas[at].Rows = append(t.Areas[at].Rows, row)
	}
}

// finding is the id of what is said about the check on that column.
func (t *pageTarget) finding(check, column string) string {
	for _, f := range slices.Concat(t.Findings, t.Warnings, t.Unsure) {
		if slices.Contains(f.Names, check) && (f.Where == nil || slices.Contains(f.Where, column)) {
			return f.ID
		}
	}
	return ""
}
