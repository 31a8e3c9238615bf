package command

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
)

// status is the one line at the bottom of a terminal that tells what runs now;
// lines that stay are written above it. Where out is no terminal there are only
// those.
type status struct {
	mu     sync.Mutex
	out    io.Writer
	before took
	width  func() int // nil: no terminal

	total, finished int
	waiting         []string // names of the checks that have not begun
	running         []runningCheck
	drawn           bool
	quit            chan struct{}
}

// took are the seconds of an earlier run.
type took struct {
	each map[string]float64 // by the check's name
	all  float64            // from the first to the last
}

type runningCheck struct {
	name  string
	since time.Time
}

func newStatus(out io.Writer, before took) *status {
	s := &status{out: out, before: before}
	if f := terminal(out); f != nil {
		s.width = func() int { return columns(f) }
	}
	return s
}

// expect begins a count of checks, and the line.
func (s *status) expect(names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total, s.finished, s.waiting = len(names), 0, slices.Clone(names)
	if s.width == nil || s.quit != nil {
		return
	}
	s.quit = make(chan struct{})
	go func(quit <-chan struct{}) {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				s.mu.Lock()
				s.draw(time.Now())
				s.mu.Unlock()
			}
		}
	}(s.quit)
}

// line writes a line that stays, or several.
func (s *status) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(s.out, report.Harmless(line))
	}
}

func (s *status) begun(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = append(s.running, runningCheck{name, time.Now()})
	s.waiting = slices.DeleteFunc(s.waiting, func(one string) bool { return one == name })
	s.draw(time.Now())
}

func (s *status) done(name, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, one := range s.running {
		if one.name == name {
			s.running = slices.Delete(s.running, i, i+1)
			s.finished++
			break
		}
	}
	s.erase()
	if line != "" {
		fmt.Fprintln(s.out, line)
	}
	s.draw(time.Now())
}

// stop takes the line away.
func (s *status) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quit != nil {
		close(s.quit)
		s.quit = nil
	}
	s.running = nil
	s.erase()
}

func (s *status) erase() {
	if s.drawn {
		_, _ = io.WriteString(s.out, "\r\x1b[K")
		s.drawn = false
	}
}

func (s *status) draw(now time.Time) {
	if s.quit == nil || len(s.running) == 0 {
		return
	}
	text := []rune(s.text(now))
	if most := s.width() - 1; len(text) > most { // a full line would wrap
		text = text[:max(most, 0)]
	}
	_, _ = io.WriteString(s.out, "\r"+string(text)+"\x1b[K")
	s.drawn = true
}

// text is the line: "12 of 39  stop/sigterm 1.2 s  about 9 s still".
func (s *status) text(now time.Time) string {
	oldest := s.running[0]
	parts := []string{
		fmt.Sprintf("%d of %d", s.finished+1, s.total),
		fmt.Sprintf("%s %.1f s", oldest.name, now.Sub(oldest.since).Seconds()),
	}
	if more := len(s.running) - 1; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	if left, known := s.left(now); known {
		parts = append(parts, fmt.Sprintf("about %.0f s still", left))
	}
	return strings.Join(parts, "  ")
}

// left guesses the seconds to the end from what the checks took the last time:
// each of them, and all together where they ran side by side.
func (s *status) left(now time.Time) (float64, bool) {
	sum := 0.0
	for _, seconds := range s.before.each {
		sum += seconds
	}
	if sum == 0 {
		return 0, false
	}
	expected := func(name string) float64 {
		if seconds, known := s.before.each[name]; known {
			return seconds
		}
		return sum / float64(len(s.before.each))
	}
	left := 0.0
	for _, name := range s.waiting {
		left += expected(name)
	}
	for _, one := range s.running {
		left += max(0, expected(one.name)-now.Sub(one.since).Seconds())
	}
	return max(left*min(1, s.before.all/sum), 1), true
}
