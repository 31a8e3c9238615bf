package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Limits of the page, so that it is quick: lives that are drawn, and lines of their
// events, of all targets together. The record has the rest.
const (
	maxDrawn  = 120
	maxEvents = 12000
)

// pageLife is one life's timeline.
type pageLife struct {
	ID, Name string
	// Word is fail where a check that failed asked it, else "".
	Word Verdict
	Open bool
	// Sentence says the course in words, for those who do not see the drawing.
	Sentence string
	figure
	Growth *chart
	Events []pageEvent
	// Hidden is how many events are not listed.
	Hidden int
}

// pageEvent is one line of what happened.
type pageEvent struct {
	At   float64
	Kind string // of the line: "life", "check", "signal", "request", "error" or "log"
	Text string
}

// pageLatency is how long requests of one kind took on one column.
type pageLatency struct {
	Name  string
	Where string // the column's name, when there are several
	chart
}

// addLives draws the lives of all targets, those with a fault first when they are
// too many.
func (p *document) addLives() {
	drawn, events := 0, 0
	for i := range p.Targets {
		t := &p.Targets[i]
		share := max(maxDrawn/len(p.Targets), 1)
		for _, c := range t.Columns {
			t.Latencies = append(t.Latencies, c.latencies(len(t.Columns) > 1)...)
			for _, one := range c.byFault() {
				if drawn >= maxDrawn || len(t.Lives) >= share*len(t.Columns) && drawn+len(p.Targets) > maxDrawn {
					t.Unshown++
					continue
				}
				life := newPageLife(one.Course, one.failed)
				life.ID = fmt.Sprintf("%s-l%d", t.ID, len(t.Lives)+1)
				life.Open = len(t.Lives) == 0
				if len(t.Columns) > 1 {
					life.Name = c.Name + ": " + life.Name
				}
				life.bound(maxEvents - events)
				events += len(life.Events)
				drawn++
				t.Lives = append(t.Lives, life)
			}
		}
	}
}

// bound lists as many events as there is room for.
func (l *pageLife) bound(room int) {
	if len(l.Events) > room {
		l.Hidden = len(l.Events) - max(room, 0)
		l.Events = l.Events[:max(room, 0)]
	}
}

// faulty is a life, and whether a check that failed asked it.
type faulty struct {
	Course
	failed bool
}

// byFault are the column's lives, those of failed checks first.
func (c column) byFault() []faulty {
	var list []faulty
	for _, one := range c.Courses {
		failed := slices.ContainsFunc(one.Checks, func(check CourseCheck) bool {
			result := c.result(check.Name)
			return result != nil && result.Verdict == Fail
		})
		list = append(list, faulty{one, failed})
	}
	slices.SortStableFunc(list, func(a, b faulty) int {
		if a.failed != b.failed {
			return map[bool]int{true: -1, false: 1}[a.failed]
		}
		return a.Launched.Compare(b.Launched)
	})
	return list
}

func newPageLife(c Course, failed bool) *pageLife {
	l := &pageLife{figure: c.draw(), Growth: c.growth(), Events: c.events()}
	if failed {
		l.Word = Fail
	}
	var names []string
	for _, check := range c.Checks {
		if !slices.Contains(names, check.Name) {
			names = append(names, check.Name)
		}
	}
	l.Name = "a life that no check asked"
	if n := len(names); n > 3 {
		l.Name = fmt.Sprintf("%s and %d more checks", strings.Join(names[:2], ", "), n-2)
	} else if n > 0 {
		l.Name = strings.Join(names, ", ")
	}
	var words []string
	if c.Ready > 0 {
		words = append(words, fmt.Sprintf("ready after %s", took(c.Ready)))
	} else {
		words = append(words, "no reply was waited for")
		if slices.ContainsFunc(c.Requests, func(r CourseRequest) bool { return r.Error != "" }) {
			words[0] = "never ready"
		}
	}
	bad := 0
	for _, r := range c.Requests {
		if r.Error != "" && (c.Ready == 0 || r.At > c.Ready) {
			bad++
		}
	}
	if n := len(c.Requests) + c.Unlisted; n > 0 {
		words = append(words, fmt.Sprintf("%d requests", n))
	}
	if bad > 0 {
		words = append(words, fmt.Sprintf("%d of them without a reply", bad))
	}
	for _, s := range c.signals() {
		if s.Name != "kill" {
			words = append(words, fmt.Sprintf("%s at %s", s.Name, took(s.At)))
		}
		if len(words) > 8 {
			break
		}
	}
	l.Sentence = strings.Join(append(words, fmt.Sprintf("%s (%s in all)", c.End, took(c.Seconds))), ", ")
	return l
}

// events are the lines of a life, in order of time.
func (c Course) events() []pageEvent {
	list := []pageEvent{{0, "life", "launched"}}
	if c.Ready > 0 {
		list = append(list, pageEvent{c.Ready, "life", "ready: its service answers"})
	}
	for _, check := range c.Checks {
		list = append(list, pageEvent{check.From, "check", check.Name + " begins"}, pageEvent{check.To, "check", check.Name + " is done"})
	}
	for _, s := range c.Signals {
		list = append(list, pageEvent{s.At, "signal", s.Name})
	}
	for _, r := range c.Requests {
		one := pageEvent{r.At, "request", r.Kind + ", answered after " + took(r.Seconds)}
		if r.Error != "" {
			one.Kind, one.Text = "error", fmt.Sprintf("%s, no reply after %s: %s", r.Kind, took(r.Seconds), r.Error)
		}
		list = append(list, one)
	}
	for _, line := range c.Log {
		list = append(list, pageEvent{line.At, "log", line.Text})
	}
	list = append(list, pageEvent{c.Seconds, "life", c.End})
	slices.SortStableFunc(list, func(a, b pageEvent) int { return cmp.Compare(a.At, b.At) })
	return list
}

// latencies are the distributions of all the column's lives, one for each kind of request.
func (c column) latencies(several bool) []pageLatency {
	var all []Latency
	for _, one := range c.Courses {
		for _, l := range one.Latencies {
			at := slices.IndexFunc(all, func(o Latency) bool { return o.Kind == l.Kind })
			if at < 0 {
				at = len(all)
				all = append(all, Latency{Kind: l.Kind})
			}
			for i, n := range l.Counts {
				for len(all[at].Counts) <= i {
					all[at].Counts = append(all[at].Counts, 0)
				}
				all[at].Counts[i] += n
			}
		}
	}
	var list []pageLatency
	for _, l := range all {
		if l.N() == 0 {
			continue
		}
		one := pageLatency{Name: l.Kind, chart: l.draw()}
		if several {
			one.Where = c.Name
		}
		list = append(list, one)
	}
	return list
}
