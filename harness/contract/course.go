package contract

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// courseInterval is how far apart the samples of a life's course are. One costs
// 20 µs for each of Blender's threads.
const courseInterval = 250 * time.Millisecond

// course collects what happens in one life. Its methods may be called by several
// goroutines, and on nil, which collects nothing.
type course struct {
	blender  *harness.Blender
	recorder *usage.Recorder // nil where Blender's process is not seen

	mu        sync.Mutex
	checks    []report.CourseCheck
	requests  []report.CourseRequest
	requested int // all, and those that were answered
	answered  int
	tries     int // before it was ready, each as the one before
	latencies []report.Latency
	counts    map[time.Time]int // how many were answered at each sample
}

func newCourse(blender *harness.Blender) *course {
	c := &course{blender: blender, counts: map[time.Time]int{}}
	pid := blender.PID()
	if pid == 0 {
		return c
	}
	// Where it cannot be sampled the course has no samples.
	c.recorder, _ = usage.Record(courseInterval, func() (usage.Sample, error) {
		sample, err := usage.Of(pid)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.counts[sample.At] = c.answered
		return sample, err
	})
	return c
}

func (c *course) since(at time.Time) float64 { return at.Sub(c.blender.Started()).Seconds() }

// usedBy notes that a check asks the life; "" is none.
func (c *course) usedBy(check string) {
	if c == nil || check == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(c.checks, func(old report.CourseCheck) bool { return old.Name == check && old.To == 0 }) {
		return
	}
	c.checks = append(c.checks, report.CourseCheck{Name: check, From: c.since(time.Now())})
}

// leftBy notes that the check is done.
func (c *course) leftBy(check string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.checks {
		if c.checks[i].Name == check && c.checks[i].To == 0 {
			c.checks[i].To = c.since(time.Now())
		}
	}
}

// asked notes a request of that kind, which has ended now.
func (c *course) asked(kind string, began time.Time, err error) {
	if c == nil {
		return
	}
	took := time.Since(began)
	one := report.CourseRequest{At: c.since(began), Seconds: took.Seconds(), Kind: kind}
	if err != nil {
		one.Error = explain.FirstLine(err)
	}
	waiting := err != nil && c.blender.ReadyAfter() == 0
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.requests); waiting && n > 0 && c.requests[n-1].Error == one.Error {
		c.tries++ // one more to see whether it is ready
		return
	}
	c.requested++
	if len(c.requests) == report.MaxCourseRequests { // every second of the older half goes
		half := len(c.requests) / 2
		kept := c.requests[:0]
		for i, old := range c.requests {
			if i >= half || i%2 == 0 {
				kept = append(kept, old)
			}
		}
		c.requests = kept
	}
	c.requests = append(c.requests, one)
	if err != nil {
		return
	}
	c.answered++
	at := slices.IndexFunc(c.latencies, func(l report.Latency) bool { return l.Kind == kind })
	if at < 0 {
		at = len(c.latencies)
		c.latencies = append(c.latencies, report.Latency{Kind: kind})
	}
	c.latencies[at].Add(took)
}

// close ends the life, and tells its course where somebody asks.
func (l *Life) close() error {
	if l.course == nil {
		return l.Close()
	}
	running := l.Alive()
	if l.course.recorder != nil {
		l.course.recorder.Stop()
	}
	err := l.Close()
	l.session.courses(l.course.told(running, strings.NewReplacer(tokenPair(l.Token())...)))
	return err
}

func tokenPair(token string) []string {
	if token == "" {
		return nil
	}
	return []string{token, "{token}"}
}

// told is the course of a life that is closed. It was running until then, or had ended.
func (c *course) told(running bool, tokens *strings.Replacer) report.Course {
	b := c.blender
	told := report.Course{ID: b.ID(), Launched: b.Started(), Ready: b.ReadyAfter().Seconds(), Seconds: c.since(time.Now()), End: "its end was not seen"}
	if exit := b.Exit(); exit != nil {
		told.Seconds = c.since(exit.At)
		told.End = explain.HowEnded(exit)
		told.Bad = exit.Code != 0
		if running {
			told.End, told.Bad = "ended by bgcheck, which was done with it", false
		}
	}
	for _, sent := range b.Signals() {
		name := sent.Signal
		if strings.HasPrefix(name, "signal ") { // one that has no name: the camera's
			name = "stacks"
		}
		told.Signals = append(told.Signals, report.CourseSignal{At: c.since(sent.At), Name: name})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	told.Checks, told.Requests, told.Latencies = slices.Clone(c.checks), slices.Clone(c.requests), slices.Clone(c.latencies)
	told.Unlisted, told.Tries = c.requested-len(c.requests), c.tries
	for i, check := range told.Checks {
		if check.To == 0 {
			told.Checks[i].To = told.Seconds
		}
	}
	for i := range told.Requests {
		told.Requests[i].Error = tokens.Replace(told.Requests[i].Error)
	}
	told.Samples = c.samples()
	told.Log, told.Unlogged = c.log(tokens)
	return told
}

// samples thins what was recorded to what a record holds.
func (c *course) samples() []report.CourseSample {
	if c.recorder == nil {
		return nil
	}
	all := c.recorder.Samples(time.Time{}, time.Time{})
	step := (len(all) + report.MaxCourseSamples - 1) / report.MaxCourseSamples
	var list []report.CourseSample
	for i := 0; i < len(all); i += max(step, 1) {
		s := all[i]
		list = append(list, report.CourseSample{
			At: c.since(s.At), CPU: s.CPU.Seconds(), Wakeups: s.Voluntary, RSS: s.RSS, Requests: c.counts[s.At],
		})
	}
	return list
}

// log gives the first and the last lines, and how many between them are left out.
func (c *course) log(tokens *strings.Replacer) (list []report.CourseLine, left int) {
	log := c.blender.Log()
	const first = report.MaxCourseLines / 4
	begin, next := c.linesFrom(0, tokens)
	if len(begin) <= first {
		return begin, 0
	}
	rest := begin[first:]
	for range 4 { // what is far from the end is not read
		if next >= log.End() {
			break
		}
		var more []report.CourseLine
		from := max(next, log.End()-lastLog)
		more, next = c.linesFrom(from, tokens)
		if from > 0 && len(more) > 1 {
			more = more[1:] // it may begin in the middle of a line
		}
		if len(more) == 0 {
			break
		}
		rest = append(rest, more...)
	}
	rest = rest[max(len(rest)-(report.MaxCourseLines-first), 0):]
	list = append(begin[:first:first], rest...)
	return list, max(log.Lines()-len(list), 0)
}

// lastLog is as much of the log's end as is read.
const lastLog = 256 << 10

func (c *course) linesFrom(from harness.Cursor, tokens *strings.Replacer) (list []report.CourseLine, next harness.Cursor) {
	log := c.blender.Log()
	lines, next, err := log.Since(from)
	if err != nil {
		return nil, from
	}
	at := from
	for _, line := range lines {
		at += harness.Cursor(len(line) + 1)
		written := log.WrittenAt(min(at, next))
		list = append(list, report.CourseLine{At: c.since(written), Text: tokens.Replace(line)})
	}
	return list, next
}
