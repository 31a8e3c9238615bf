package otherside

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

// Fault is what is wrong with the other side.
type Fault string

// The faults.
const (
	Well     Fault = ""
	Away     Fault = "was away"            // nobody listens
	Slow     Fault = "was slow"            // what it says comes late
	Nonsense Fault = "answered nonsense"   // what it says is no job and no "none"
	Broken   Fault = "answered 500 to all" // HTTP only
)

// slowness is how late a slow side's words come.
const slowness = time.Second

// nonsense is what a proxy says in place of a server.
const nonsense = "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"

// Job is one that was given.
type Job struct {
	// ID is what {id} was replaced by, and Text the whole.
	ID, Text string
	// Given is when.
	Given time.Time

	taken   time.Time
	results []Result
}

// Result is what came for a job.
type Result struct {
	// Text is what was matched: of HTTP the request line and the body, of a folder the
	// path and the content.
	Text string
	// Failed: it matches Worker.Failed and not Worker.Done.
	Failed bool
	// At is when it came.
	At time.Time
}

// Side is the other side of one worker. It may be used by several goroutines.
type Side struct {
	worker       *target.Worker
	done, failed *regexp.Regexp
	door         door

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	fault   Fault
	waiting []*Job
	given   []*Job // all, in their order
	asks    int
	strange []string // what was asked for and is not in the target file
}

// door is a way by which jobs go out and results come in.
type door interface {
	port() int
	// faults are those that it can have.
	faults() []Fault
	// give is told of a job that waits.
	give(job *Job) error
	// set changes what is wrong.
	set(from, to Fault) error
	close()
}

// Open begins to play the other side on a free port of host. scratch is the worker's
// scratch folder on this machine, for Worker.Folder.
func Open(worker *target.Worker, host, scratch string) (*Side, error) {
	s := &Side{worker: worker, changed: make(chan struct{})}
	var err error
	if s.done, err = regexp.Compile(worker.Done); err != nil {
		return nil, fmt.Errorf("play the other side: %w", err)
	}
	if s.failed, err = regexp.Compile(worker.Failed); err != nil {
		return nil, fmt.Errorf("play the other side: %w", err)
	}
	switch {
	case worker.HTTP != nil:
		s.door, err = openHTTP(s, host)
	case worker.Socket != nil:
		s.door, err = openSocket(s, host)
	default:
		s.door, err = openFolder(s, scratch)
	}
	if err != nil {
		return nil, fmt.Errorf("play the other side: %w", err)
	}
	return s, nil
}

// Port is where it listens; 0 for a folder.
func (s *Side) Port() int { return s.door.port() }

// Close ends it.
func (s *Side) Close() { s.door.close() }

// Faults are those that it can have.
func (s *Side) Faults() []Fault { return s.door.faults() }

// Set makes it so.
func (s *Side) Set(fault Fault) error {
	s.mu.Lock()
	before := s.fault
	s.fault = fault
	s.tell()
	s.mu.Unlock()
	if err := s.door.set(before, fault); err != nil {
		return fmt.Errorf("play the other side: %w", err)
	}
	return nil
}

func (s *Side) now() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// Give has a job wait for the worker. In text {id} is replaced.
func (s *Side) Give(text string) (*Job, error) {
	job := &Job{ID: newID(), Given: time.Now()}
	job.Text = strings.ReplaceAll(text, "{id}", job.ID)
	s.mu.Lock()
	s.waiting, s.given = append(s.waiting, job), append(s.given, job)
	s.tell()
	s.mu.Unlock()
	if err := s.door.give(job); err != nil {
		return nil, fmt.Errorf("give a job: %w", err)
	}
	return job, nil
}

// Withdraw takes a job back that nobody has taken.
func (s *Side) Withdraw(job *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(j *Job) bool { return j == job })
}

// Asks is how often it was asked for work.
func (s *Side) Asks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asks
}

// Strange lists what was asked for and is not in the target file, each once.
func (s *Side) Strange() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.strange)
}

// Asked waits until it has been asked for work more often than before.
func (s *Side) Asked(ctx context.Context, before int) error {
	return s.until(ctx, func() bool { return s.asks > before })
}

// Taken waits until the worker has taken the job.
func (s *Side) Taken(ctx context.Context, job *Job) error {
	return s.until(ctx, func() bool { return !job.taken.IsZero() || len(job.results) > 0 })
}

// Result waits for the first result of a job.
func (s *Side) Result(ctx context.Context, job *Job) (Result, error) {
	if err := s.until(ctx, func() bool { return len(job.results) > 0 }); err != nil {
		return Result{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return job.results[0], nil
}

// FirstJob is when the first job was given; the zero time before that.
func (s *Side) FirstJob() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.given) == 0 {
		return time.Time{}
	}
	return s.given[0].Given
}

// Results are all that has come for a job so far.
func (s *Side) Results(job *Job) []Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(job.results)
}

// TakenAt is when the worker took the job; the zero time before that.
func (s *Side) TakenAt(job *Job) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return job.taken
}

// next is the job that is given out now; nil when there is none.
func (s *Side) next() *Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 || s.fault != Well {
		return nil
	}
	job := s.waiting[0]
	s.waiting = s.waiting[1:]
	job.taken = time.Now()
	s.tell()
	return job
}

// putBack is for a job that did not reach the worker.
func (s *Side) putBack(job *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	job.taken = time.Time{}
	s.waiting = append([]*Job{job}, s.waiting...)
	s.tell()
}

// came takes what a worker handed in: for the job of that id, or of which the id is in
// the text, or the only one that is out.
func (s *Side) came(id, text string) {
	good := s.done.MatchString(text)
	bad := !good && s.worker.Failed != "" && s.failed.MatchString(text)
	if !good && !bad {
		return // progress
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Job
	for _, job := range slices.Backward(s.given) {
		if job.ID == id || id == "" && strings.Contains(text, job.ID) {
			out = []*Job{job}
			break
		}
		if id == "" && !job.taken.IsZero() && len(job.results) == 0 {
			out = append(out, job)
		}
	}
	if len(out) == 1 {
		out[0].results = append(out[0].results, Result{Text: text, Failed: bad, At: time.Now()})
		s.tell()
	}
}

// asked counts.
func (s *Side) asked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asks++
	s.tell()
}

// other notes what is not in the target file.
func (s *Side) other(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.strange, what) && len(s.strange) < 10 {
		s.strange = append(s.strange, what)
	}
}

// tell wakes who waits. Called with mu held.
func (s *Side) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits until what holds, which is called with mu held.
func (s *Side) until(ctx context.Context, what func() bool) error {
	for {
		s.mu.Lock()
		ok, changed := what(), s.changed
		s.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// newID is a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
