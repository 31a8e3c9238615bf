package usage

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"
)

// fake gives samples one second apart, whatever the clock says.
func fake(rss func(i int) uint64) func() (Sample, error) {
	start, i := time.Now(), -1
	return func() (Sample, error) {
		i++
		return Sample{At: start.Add(time.Duration(i) * time.Second), RSS: rss(i), Descriptors: 5, Threads: i % 2}, nil
	}
}

func record(t *testing.T, take func() (Sample, error)) *Recorder {
	t.Helper()
	r, err := Record(time.Millisecond, take)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

func waitCtx(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestWindowOverPartOfARecording(t *testing.T) {
	r := record(t, fake(func(i int) uint64 { return 1000 + 10*uint64(i) }))
	begin := time.Now()
	if _, err := r.Watch(waitCtx(t), 20*time.Second); err != nil {
		t.Fatal(err)
	}
	r.Stop()
	first := r.Samples(time.Time{}, time.Time{})[0].At
	span, err := r.Window(first.Add(2*time.Second), first.Add(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if span.Samples != 9 || span.Seconds != 8 || span.RSS != 80 {
		t.Errorf("span: %+v", span)
	}
	if m := span.Memory; m.Min != 1020 || m.Max != 1100 || math.Abs(m.Slope-10) > 1e-9 {
		t.Errorf("memory: %+v", m)
	}
	if span.Open != (Range{Min: 5, Max: 5}) {
		t.Errorf("descriptors: %+v", span.Open)
	}
	if l := span.Live; l.Min != 0 || l.Max != 1 || math.Abs(l.Slope) > 0.2 {
		t.Errorf("threads: %+v", l)
	}
	if _, err := r.Window(begin.Add(-time.Hour), begin.Add(-time.Minute)); err == nil {
		t.Error("a window without samples: no error")
	}
}

func TestRecorderEndsWithItsProcess(t *testing.T) {
	n := 0
	r := record(t, func() (Sample, error) {
		if n++; n > 3 {
			return Sample{}, ErrGone
		}
		return Sample{At: time.Now()}, nil
	})
	if _, err := r.Watch(waitCtx(t), time.Hour); !errors.Is(err, ErrGone) {
		t.Errorf("watch: %v", err)
	}
	r.Stop()
	r.Stop()
	if !errors.Is(r.Err(), ErrGone) {
		t.Errorf("err: %v", r.Err())
	}
	if got := len(r.Samples(time.Time{}, time.Time{})); got != 3 {
		t.Errorf("%d samples left to read", got)
	}
}

func TestRecorderThatCannotBeginSaysWhy(t *testing.T) {
	if _, err := Record(0, func() (Sample, error) { return Sample{}, ErrGone }); !errors.Is(err, ErrGone) {
		t.Errorf("record: %v", err)
	}
}

func TestWatchEndsWithItsContextAndWithStop(t *testing.T) {
	r := record(t, fake(func(int) uint64 { return 1 }))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Watch(ctx, 1e6*time.Second); !errors.Is(err, context.Canceled) {
		t.Errorf("watch: %v", err)
	}
	ended := make(chan error)
	go func() {
		_, err := r.Watch(waitCtx(t), 1e6*time.Second)
		ended <- err
	}()
	r.Stop()
	if err := <-ended; err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("watch over a stopped recorder: %v", err)
	}
}

func TestRecordedCountersNeverGoDown(t *testing.T) {
	counts, i := []uint64{100, 150, 20, 30}, -1
	take := func() (Sample, error) {
		if i++; i >= len(counts) {
			return Sample{}, ErrGone
		}
		return Sample{At: time.Now(), Voluntary: counts[i], CPU: time.Duration(counts[i])}, nil
	}
	r := record(t, take)
	<-r.done
	var got []uint64
	for _, s := range r.Samples(time.Time{}, time.Time{}) {
		got = append(got, s.Voluntary)
	}
	if len(got) != 4 || got[1] != 150 || got[2] != 150 || got[3] != 160 {
		t.Errorf("counters: %v", got)
	}
}

func TestFullRecorderKeepsTheWholeTime(t *testing.T) {
	take := fake(func(i int) uint64 { return uint64(i) })
	r := &Recorder{take: take, news: make(chan struct{})}
	const all = 3 * recorderLimit
	for range all {
		if err := r.sample(); err != nil {
			t.Fatal(err)
		}
	}
	got := r.Samples(time.Time{}, time.Time{})
	if len(got) > recorderLimit || got[0].RSS != 0 || got[len(got)-1].RSS != all-1 {
		t.Errorf("%d samples, from %d to %d", len(got), got[0].RSS, got[len(got)-1].RSS)
	}
	for i := 1; i < len(got); i++ {
		if !got[i].At.After(got[i-1].At) {
			t.Fatalf("sample %d is not after the one before", i)
		}
	}
}
