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

func TestAWordMeansANameAnAreaOrAPattern(t *testing.T) {
	for _, test := range []struct {
		word, name string
		want       bool
	}{
		{"stop/sigterm", "stop/sigterm", true}, {"stop", "stop/sigterm", true}, {"stop/sig*", "stop/sigterm", true},
		{"sig*", "stop/sigterm", true}, {"s*", "stop/twice", true}, {"*", "stop/twice", true}, {"*/twice", "stop/twice", true},
		{"stop/*", "start/ready", false}, {"sto", "stop/twice", false}, {"[", "stop/twice", false},
	} {
		if got := matches(test.word, test.name); got != test.want {
			t.Errorf("%q means %s: %v", test.word, test.name, got)
		}
	}
}
