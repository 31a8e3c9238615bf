package usage

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// recorderLimit is how many samples a Recorder keeps: with 256 bytes each
// about 1 MiB. When it is full every second sample of the older half goes.
const recorderLimit = 4096

// Recorder samples at an interval, on a goroutine of its own, until it is
// stopped or a sample fails. All methods may be called by several goroutines.
type Recorder struct {
	take func() (Sample, error)
	quit chan struct{}
	done chan struct{}
	once sync.Once

	mu      sync.Mutex
	samples []Sample      // without detail and Procs; counters never go down
	last    Sample        // the newest as it was taken
	err     error         // why recording ended by itself
	news    chan struct{} // closed and replaced at every sample
}

// RecordTree records the process tree of pid. The first sample has been taken
// when it returns; the error is that of Tree. An interval of 0 means 250 ms.
// A sample costs this process about 10 µs for each process of the machine and
// 20 µs for each thread of the tree (BenchmarkTree: 1.5 ms at 84 and 16), and
// the tree nothing.
func RecordTree(pid int, interval time.Duration) (*Recorder, error) {
	return Record(interval, func() (Sample, error) { return Tree(pid) })
}

// Record is RecordTree for any way to take a sample.
func Record(interval time.Duration, take func() (Sample, error)) (*Recorder, error) {
	if interval <= 0 {
		interval = 250 * time.Millisecond
	}
	r := &Recorder{take: take, quit: make(chan struct{}), done: make(chan struct{}), news: make(chan struct{})}
	if err := r.sample(); err != nil {
		return nil, err
	}
	go r.run(interval)
	return r, nil
}

// Stop ends recording after a last sample and returns when the goroutine has
// ended. It may be called twice. What was recorded stays readable.
func (r *Recorder) Stop() {
	r.once.Do(func() { close(r.quit) })
	<-r.done
}

// Err tells why recording ended before Stop: the error of the sample that
// failed (ErrGone when the root has ended), or nil.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Samples copies what was recorded from one moment to another, both included.
// A zero time means the beginning or the end. Procs is not kept.
func (r *Recorder) Samples(from, to time.Time) []Sample {
	r.mu.Lock()
	defer r.mu.Unlock()
	var part []Sample
	for _, s := range r.samples {
		if (from.IsZero() || !s.At.Before(from)) && (to.IsZero() || !s.At.After(to)) {
			part = append(part, s)
		}
	}
	return part
}

// Window tells what happened in a part of the recording; a zero time means the
// beginning or the end. It needs two samples in the part.
func (r *Recorder) Window(from, to time.Time) (Span, error) {
	return SpanOf(r.Samples(from, to))
}

// Watch waits until a part of length d, beginning now, has been recorded and
// returns its Window. It ends early, with an error, when ctx does or when
// recording ends.
func (r *Recorder) Watch(ctx context.Context, d time.Duration) (Span, error) {
	var from time.Time
	for {
		r.mu.Lock()
		news, err, at := r.news, r.err, r.last.At
		r.mu.Unlock()
		switch {
		case err != nil:
			return Span{}, fmt.Errorf("watch for %v: %w", d, err)
		case from.IsZero():
			from = time.Now() // the first sample after this begins the part
		case at.After(from):
			if span, err := r.Window(from, time.Time{}); err == nil && span.Seconds >= d.Seconds() {
				return span, nil
			}
		}
		select {
		case <-news:
		case <-r.done:
			if err := r.Err(); err != nil {
				return Span{}, fmt.Errorf("watch for %v: %w", d, err)
			}
			return Span{}, fmt.Errorf("watch for %v: the recorder was stopped", d)
		case <-ctx.Done():
			return Span{}, fmt.Errorf("watch for %v: %w", d, context.Cause(ctx))
		}
	}
}

func (r *Recorder) run(interval time.Duration) {
	defer close(r.done)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for last := false; !last; {
		select {
		case <-ticker.C:
		case <-r.quit:
			last = true
		}
		if err := r.sample(); err != nil {
			r.mu.Lock()
			r.err = err
			r.mu.Unlock()
			return
		}
	}
}

// sample takes one and stores it with counters that are the sum of what was
// added from sample to sample, so that they never go down.
func (r *Recorder) sample() error {
	now, err := r.take()
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	stored := now
	stored.detail, stored.Procs = nil, nil
	if n := len(r.samples); n > 0 {
		before, g := r.samples[n-1], growth(r.last, now)
		stored.CPU = before.CPU + g.cpu
		stored.Voluntary = before.Voluntary + g.voluntary
		stored.Involuntary = before.Involuntary + g.involuntary
	}
	if len(r.samples) == recorderLimit {
		r.samples = thin(r.samples)
	}
	r.samples = append(r.samples, stored)
	r.last = now
	close(r.news)
	r.news = make(chan struct{})
	return nil
}

// thin drops every second sample of the older half, never the first.
func thin(all []Sample) []Sample {
	half := len(all) / 2
	kept := all[:0:len(all)]
	for i, s := range all {
		if i >= half || i%2 == 0 {
			kept = append(kept, s)
		}
	}
	clear(all[len(kept):])
	return kept
}
