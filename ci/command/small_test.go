package command

import (
	"strings"
	"testing"
	"time"
)

func TestTheStatusLineSaysWhereItIsAndHowLongStill(t *testing.T) {
	now := time.Now()
	s := &status{
		before: took{each: map[string]float64{"stop/sigterm": 3, "stop/sigint": 5, "tidy/cycle": 4}, all: 6}, // two at a time
		total:  39, finished: 11, waiting: []string{"tidy/cycle"},
		running: []runningCheck{{"stop/sigterm", now.Add(-1200 * time.Millisecond)}, {"stop/sigint", now}},
	}
	if got, want := s.text(now), "12 of 39  stop/sigterm 1.2 s  and 1 more  about 5 s still"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.before = took{}
	if got := s.text(now); strings.Contains(got, "about") {
		t.Errorf("a guess from nothing: %q", got)
	}
}
