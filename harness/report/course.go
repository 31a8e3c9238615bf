package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Course is what happened in one Blender's life, and when. All times in it are
// seconds since its launch. What it lists is bounded; what was left out is counted.
type Course struct {
	// ID is the instance's, as in the names of its folder.
	ID string `json:"id"`
	// Target is set in a merged report when the run had more than one target.
	Target   string    `json:"target,omitempty"`
	Launched time.Time `json:"launched"`
	// Ready is when its service first answered; 0: it never did, or has none.
	Ready float64 `json:"ready,omitempty"`
	// Seconds is how long it was looked at: to its end, or until bgcheck let go of it.
	Seconds float64 `json:"seconds"`
	// End says how it ended, in a few words.
	End string `json:"end"`
	// Bad: it ended in another way than by exit code 0 or by bgcheck's own kill.
	Bad     bool           `json:"bad,omitempty"`
	Checks  []CourseCheck  `json:"checks,omitempty"`
	Signals []CourseSignal `json:"signals,omitempty"`
	// Requests in the order of their beginning; Unlisted is how many more there were.
	Requests []CourseRequest `json:"requests,omitempty"`
	Unlisted int             `json:"requests_unlisted,omitempty"`
	// Tries are further requests before it was ready, each without a reply for the
	// reason of the one before.
	Tries int `json:"tries,omitempty"`
	// Latencies are of all requests that were answered, the unlisted ones too.
	Latencies []Latency      `json:"latencies,omitempty"`
	Samples   []CourseSample `json:"samples,omitempty"`
	// Log are its first and last lines; Unlogged is how many between them are left out.
	Log      []CourseLine `json:"log,omitempty"`
	Unlogged int          `json:"log_unlisted,omitempty"`
}

// CourseCheck is a check that asked the life, from its first use to its verdict.
type CourseCheck struct {
	Name string  `json:"name"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// CourseSignal is a signal that bgcheck sent; "stacks" asks Python to write down what
// its threads do.
type CourseSignal struct {
	At   float64 `json:"at"`
	Name string  `json:"name"`
}

// signals are those sent, of several of one name behind one another the first, with how
// many they are.
func (c Course) signals() []CourseSignal {
	var list []CourseSignal
	count := 0
	for i, s := range c.Signals {
		if i > 0 && s.Name == c.Signals[i-1].Name {
			count++
			list[len(list)-1].Name = fmt.Sprintf("%s (%d times)", s.Name, count)
			continue
		}
		count = 1
		list = append(list, s)
	}
	return list
}

// CourseRequest is one request.
type CourseRequest struct {
	At      float64 `json:"at"`
	Seconds float64 `json:"seconds"`
	// Kind is "echo", "exec", "ready" or "stop", as the target file calls it.
	Kind string `json:"kind"`
	// Error says why there was no reply; "" when there was one.
	Error string `json:"error,omitempty"`
}

// CourseSample is what Blender's process had used by then.
type CourseSample struct {
	At float64 `json:"at"`
	// CPU in seconds and Wakeups are counted since launch.
	CPU     float64 `json:"cpu"`
	Wakeups uint64  `json:"wakeups"`
	// RSS is the resident memory in bytes.
	RSS uint64 `json:"rss"`
	// Requests is how many had been answered.
	Requests int `json:"requests"`
}

// CourseLine is a line of the log, when it was written.
type CourseLine struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

// Limits of what the record holds of one life, and of all.
const (
	MaxCourseRequests = 400
	MaxCourseSamples  = 240
	// MaxCourseLines is for the log: a quarter of it for its begin, the rest for its end.
	MaxCourseLines = 400
	maxCourseText  = 240 // bytes a line
	// maxCourses are kept of one suite; maxCourseLog is the bytes of log in all of them.
	maxCourses   = 120
	maxCourseLog = 1 << 20
)

// AddCourse records a life's course. It is written with Finish.
func (p *Part) AddCourse(c Course) {
	c = c.clean()
	p.mu.Lock()
	defer p.mu.Unlock()
	size := 0
	for _, old := range p.data.Courses {
		size += old.logSize()
	}
	if n := len(c.Log); size+c.logSize() > maxCourseLog && n > 20 {
		c.Log, c.Unlogged = c.Log[n-20:], c.Unlogged+n-20
	}
	if len(p.data.Courses) < maxCourses {
		p.data.Courses = append(p.data.Courses, c)
	}
}

func (c Course) logSize() int {
	size := 0
	for _, line := range c.Log {
		size += len(line.Text)
	}
	return size
}

// clean returns the course with fit characters, finite times and bounded lists.
func (c Course) clean() Course {
	text := func(s *string) { *s = bound(strings.TrimSpace(Clean(*s)), maxCourseText) }
	text(&c.ID)
	text(&c.Target)
	text(&c.End)
	c.Ready, c.Seconds = moment(c.Ready), moment(c.Seconds)
	c.Checks, c.Signals = slices.Clone(head(c.Checks, maxEvidence)), slices.Clone(head(c.Signals, maxEvidence))
	for i := range c.Checks {
		text(&c.Checks[i].Name)
		c.Checks[i].From, c.Checks[i].To = moment(c.Checks[i].From), moment(c.Checks[i].To)
	}
	for i := range c.Signals {
		text(&c.Signals[i].Name)
		c.Signals[i].At = moment(c.Signals[i].At)
	}
	c.Unlisted += max(len(c.Requests)-MaxCourseRequests, 0)
	c.Requests = slices.Clone(head(c.Requests, MaxCourseRequests))
	for i := range c.Requests {
		text(&c.Requests[i].Kind)
		text(&c.Requests[i].Error)
		c.Requests[i].At, c.Requests[i].Seconds = moment(c.Requests[i].At), fine(c.Requests[i].Seconds)
	}
	c.Latencies = slices.Clone(head(c.Latencies, 8))
	for i, l := range c.Latencies {
		text(&c.Latencies[i].Kind)
		c.Latencies[i].Counts = head(l.Counts, latencySteps)
	}
	c.Samples = slices.Clone(head(c.Samples, MaxCourseSamples))
	for i := range c.Samples {
		c.Samples[i].At, c.Samples[i].CPU = moment(c.Samples[i].At), moment(c.Samples[i].CPU)
	}
	c.Unlogged += max(len(c.Log)-MaxCourseLines, 0)
	c.Log = slices.Clone(head(c.Log, MaxCourseLines))
	for i := range c.Log {
		c.Log[i].At = moment(c.Log[i].At)
		c.Log[i].Text = bound(strings.TrimRight(strings.ReplaceAll(Clean(c.Log[i].Text), "\n", " "), " \t"), maxCourseText)
	}
	return c
}

func head[T any](list []T, limit int) []T { return list[:min(len(list), limit)] }

// moment is a time in whole milliseconds, within the week that a life may last.
func moment(seconds float64) float64 { return math.Round(fine(seconds)*1000) / 1000 }

// fine is a length of time in whole microseconds.
func fine(seconds float64) float64 {
	if math.IsNaN(seconds) || seconds < 0 {
		return 0
	}
	return math.Round(min(seconds, 7*24*3600)*1e6) / 1e6
}

// Latency is how long one kind of request took, as counts by steps: request n of
// step i took at most LatencyStep(i) seconds.
type Latency struct {
	Kind   string `json:"kind"`
	Counts []int  `json:"counts"`
}

// latencySteps reach from 20 µs to a minute and a half, two for each doubling.
const latencySteps = 45

// LatencyStep is the upper end of a step in seconds.
func LatencyStep(i int) float64 { return 20e-6 * math.Pow(2, float64(i)/2) }

// Add counts one request.
func (l *Latency) Add(took time.Duration) {
	i := 0
	for i < latencySteps-1 && took.Seconds() > LatencyStep(i) {
		i++
	}
	for len(l.Counts) <= i {
		l.Counts = append(l.Counts, 0)
	}
	l.Counts[i]++
}

// N is how many were counted.
func (l Latency) N() int {
	n := 0
	for _, count := range l.Counts {
		n += count
	}
	return n
}

// Quantile is the step's upper end that the share of all requests took at most.
func (l Latency) Quantile(share float64) float64 {
	want, n := share*float64(l.N()), 0
	for i, count := range l.Counts {
		if n += count; count > 0 && float64(n) >= want {
			return LatencyStep(i)
		}
	}
	return 0
}

// took is a length of time for people.
func took(seconds float64) string {
	switch {
	case seconds < 0.001:
		return fmt.Sprintf("%.2g ms", seconds*1000)
	case seconds < 1:
		return fmt.Sprintf("%.3g ms", seconds*1000)
	}
	return fmt.Sprintf("%.2f s", seconds)
}
