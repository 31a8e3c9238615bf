package report

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// aCourse is a life with something of everything; text is what the add-on printed.
func aCourse(text string, lines int) Course {
	c := Course{
		ID: "1", Launched: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Ready: 1.5, Seconds: 6, End: "exit code 0, 20ms after it was asked to end",
		Checks:  []CourseCheck{{"start/ready", 0.1, 1.6}, {"exec/takes-effect", 1.6, 4}},
		Signals: []CourseSignal{{5.9, "SIGTERM"}},
	}
	exec := Latency{Kind: "exec"}
	for i := range 100 {
		at := 1.5 + float64(i)*0.03
		one := CourseRequest{At: at, Seconds: 0.0002 * float64(i+1), Kind: "exec"}
		if i == 50 {
			one.Error = text
		} else {
			exec.Add(time.Duration(one.Seconds * float64(time.Second)))
		}
		c.Requests = append(c.Requests, one)
	}
	c.Latencies = []Latency{exec}
	for i := range 24 {
		c.Samples = append(c.Samples, CourseSample{At: float64(i) / 4, CPU: float64(i) / 10, Wakeups: uint64(i * i), RSS: uint64(200+i) << 20, Requests: 4 * i})
	}
	for i := range lines {
		c.Log = append(c.Log, CourseLine{At: 6 * float64(i) / float64(lines), Text: fmt.Sprintf("%s %d", text, i)})
	}
	return c
}

// lived is a report with lives.
func lived(t *testing.T) *Report {
	r := four(t)
	r.Courses = []Course{aCourse("a line", 40), aCourse("another", 5)}
	r.Courses[0].Checks = r.Courses[0].Checks[:1]
	return r
}

func TestACourseIsBoundedAndFit(t *testing.T) {
	c := Course{Ready: math.NaN(), Seconds: math.Inf(1), End: "a\x1b[31mb"}
	for i := range 10_000 {
		c.Requests = append(c.Requests, CourseRequest{At: float64(i)})
		c.Log = append(c.Log, CourseLine{Text: strings.Repeat("x", 10_000)})
		c.Samples = append(c.Samples, CourseSample{})
	}
	c = c.clean()
	if len(c.Requests) != MaxCourseRequests || c.Unlisted != 10_000-MaxCourseRequests || len(c.Log) != MaxCourseLines || len(c.Samples) != MaxCourseSamples {
		t.Errorf("%d requests (%d unlisted), %d lines, %d samples", len(c.Requests), c.Unlisted, len(c.Log), len(c.Samples))
	}
	if c.End != "ab" || c.Ready != 0 || math.IsInf(c.Seconds, 0) || len(c.Log[0].Text) > 300 {
		t.Errorf("%q, ready %g, %g s, a line of %d", c.End, c.Ready, c.Seconds, len(c.Log[0].Text))
	}
	run, err := begin(t.TempDir(), "1", 1)
	try(t, err)
	part, err := run.Part("x", 1, Head{})
	try(t, err)
	for range 300 {
		part.AddCourse(c)
	}
	try(t, part.Finish())
	read, err := Load(run.Out)
	try(t, err)
	size := 0
	for _, c := range read.Courses {
		size += c.logSize()
	}
	if len(read.Courses) != maxCourses || size > 2*maxCourseLog {
		t.Errorf("%d lives with %d bytes of log", len(read.Courses), size)
	}
}

func TestTheLivesOfAnotherRunAreLeftAlone(t *testing.T) {
	run, err := begin(t.TempDir(), "1", 1)
	try(t, err)
	part, err := run.Part("x", 1, Head{Target: "x"})
	try(t, err)
	part.AddCourse(aCourse("a line", 3))
	try(t, part.Finish())
	other := &Report{Schema: Schema, Run: "2"}
	data, err := other.JSON()
	try(t, err)
	try(t, run.write(filepath.Join(run.Out, "report.json"), data))
	read, err := Load(run.Out)
	try(t, err)
	if len(read.Courses) != 0 {
		t.Error("lives of run 1 are in the report of run 2")
	}
	read, err = Load(run.Dir())
	try(t, err)
	if len(read.Courses) != 1 || len(read.Courses[0].Requests) != 100 {
		t.Errorf("%d lives", len(read.Courses))
	}
}

// TestTheTraceIsInItsFormat: what the documentation of the trace event format asks
// of each kind of event.
func TestTheTraceIsInItsFormat(t *testing.T) {
	r := lived(t)
	r.Courses[1].Launched = r.Courses[1].Launched.Add(2 * time.Second)
	data, err := Trace(r)
	try(t, err)
	var trace struct {
		Events []map[string]any `json:"traceEvents"`
		Unit   string           `json:"displayTimeUnit"`
	}
	try(t, json.Unmarshal(data, &trace))
	needs := map[string][]string{"X": {"dur", "ts", "tid"}, "i": {"s", "ts"}, "C": {"args", "ts"}, "M": {"args"}}
	seen := map[string]int{}
	ends := map[float64]float64{}
	for _, e := range trace.Events {
		ph, _ := e["ph"].(string)
		seen[ph]++
		for _, key := range append([]string{"name", "pid"}, needs[ph]...) {
			if _, ok := e[key]; !ok {
				t.Errorf("%v has no %s", e, key)
			}
		}
		if needs[ph] == nil || e["name"] == "" {
			t.Errorf("%v", e)
		}
		if ts, ok := e["ts"].(float64); ok && ts < 0 {
			t.Errorf("%v is before the first launch", e)
		}
		if e["cat"] == "request" { // those of a row lie one after the other, or it cannot be drawn
			row := e["pid"].(float64)*100 + e["tid"].(float64)
			if e["ts"].(float64) < ends[row]-0.01 {
				t.Errorf("%v overlaps the request before it", e)
			}
			ends[row] = e["ts"].(float64) + e["dur"].(float64)
		}
	}
	if seen["X"] < 200 || seen["i"] < 45 || seen["C"] < 100 || seen["M"] < 6 || trace.Unit != "ms" {
		t.Errorf("%v, %q", seen, trace.Unit)
	}
}

func TestThePageDrawsEachLife(t *testing.T) {
	r := lived(t)
	text := pageOf(t, r)
	if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "NaN") {
		t.Error("a value cannot be drawn")
	}
	for _, want := range []string{"Timelines", "SIGTERM", "memory by requests answered", "198 answered", "1 of them without a reply"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	first := newPage([]*Report{r}).Targets[0].Lives[0]
	if first.Word != Fail || !strings.HasPrefix(first.Name, "start/ready, exec/takes-effect") {
		t.Errorf("the life of the failed check is not the first, but %q", first.Name)
	}
	r.Courses = []Course{{}} // nothing is known
	pageOf(t, r)
}

func TestLatenciesAreCountedBySteps(t *testing.T) {
	l := Latency{}
	for i := range 100 {
		l.Add(time.Duration(i+1) * time.Millisecond)
	}
	l.Add(time.Hour)
	if half := l.Quantile(0.5); l.N() != 101 || half < 0.05 || half > 0.08 || len(l.Counts) != latencySteps {
		t.Errorf("%d counted, half within %g, %d steps", l.N(), half, len(l.Counts))
	}
}

func TestTheAxisHasAFewRoundTimes(t *testing.T) {
	for _, length := range []float64{0.001, 0.4, 0.97, 3, 7.2, 9.99, 61, 4000} {
		if n := len(axis(length)); n < 3 || n > 6 {
			t.Errorf("%g s have %d ticks: %v", length, n, axis(length))
		}
	}
}

func TestSignalsOfOneNameAreToldOnce(t *testing.T) {
	c := Course{Signals: []CourseSignal{{1, "SIGTERM"}, {6, "stacks"}, {6.2, "stacks"}, {6.4, "stacks"}, {7, "SIGKILL"}}}
	want := []CourseSignal{{1, "SIGTERM"}, {6, "stacks (3 times)"}, {7, "SIGKILL"}}
	if got := c.signals(); !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
}
