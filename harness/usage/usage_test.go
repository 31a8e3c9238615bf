package usage

import (
	"testing"
	"time"
)

func made(at time.Time, procs map[procKey]time.Duration, threads map[threadKey]switches) Sample {
	s := Sample{At: at, detail: &detail{cpu: procs, threads: threads}}
	for _, cpu := range procs {
		s.CPU += cpu
	}
	for _, n := range threads {
		s.Voluntary += n.voluntary
	}
	return s
}

func TestWindowComparesThreadByThread(t *testing.T) {
	root := procKey{10, 1}
	at := time.Now()
	one, two, three := threadKey{root, 10}, threadKey{root, 11}, threadKey{root, 12}
	a := made(at, nil, map[threadKey]switches{one: {100, 0}, two: {5000, 0}, three: {70, 0}})
	// The second thread has ended, the third number belongs to a new thread.
	b := made(at.Add(2*time.Second), nil, map[threadKey]switches{one: {120, 0}, three: {30, 0}})
	if w := Between(a, b); w.Wakeups != 25 {
		t.Errorf("wake-ups: %v a second, want (20 + 30) / 2", w.Wakeups)
	}
}

func TestProcessNobodyWaitedForDoesNotMakeCPUNegative(t *testing.T) {
	root, lost := procKey{10, 1}, procKey{11, 2}
	at := time.Now()
	a := made(at, map[procKey]time.Duration{root: time.Second, lost: time.Minute}, nil)
	b := made(at.Add(time.Second), map[procKey]time.Duration{root: 1500 * time.Millisecond}, nil)
	if w := Between(a, b); w.CPU != 0.5 {
		t.Errorf("share: %v, want 0.5", w.CPU)
	}
}

func TestWindowOfNoLengthIsZero(t *testing.T) {
	s := Sample{At: time.Now(), CPU: time.Second, Voluntary: 5}
	if w := Between(s, s); w != (Window{}) {
		t.Errorf("window: %+v", w)
	}
	earlier := Sample{At: s.At.Add(-time.Second)}
	if w := Between(s, earlier); w.CPU != 0 || w.Wakeups != 0 {
		t.Errorf("window backwards: %+v", w)
	}
}
