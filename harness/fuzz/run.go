package fuzz

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/service"
)

// Config bounds a run. Whatever bound comes first ends it.
type Config struct {
	// Requests to send; 0: 10,000.
	Requests int
	// For so long; 0: a minute.
	For time.Duration
	// Seed of the changes: the same gives the same requests.
	Seed uint64
	// Side is how many clients send at the same time; 0: 4.
	Side int
	// Progress is told now and then how many have been sent; may be nil.
	Progress func(sent int)
}

// Result is what a run saw.
type Result struct {
	Requests int
	Took     time.Duration
	counts   [lost + 1]int
	// Memory is the growth of resident memory over the run, in bytes, by the line
	// through its samples; Uncertain is half of the 95 % interval. NaN: not measured.
	Memory, Uncertain float64
	// Finding is what broke the service, or nil.
	Finding *Finding
}

// String counts the outcomes: "9120 replies, 880 clean closes".
func (r Result) String() string {
	var parts []string
	for i, n := range r.counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, outcomeNames[i]))
		}
	}
	return strings.Join(parts, ", ")
}

// Finding is what breaks a service.
type Finding struct {
	// Seen says what happened.
	Seen string `json:"seen"`
	// Inputs that do it, in order, as few and as short as was found.
	Inputs []Input `json:"inputs"`
	// Repeats: they did it again on a new Blender.
	Repeats bool `json:"repeats"`
}

// remembered is how many of the last requests are kept: one of them broke it.
const remembered = 64

// allowed is how much memory may grow beyond the interval: caches fill once.
const allowed = 16 << 20

// run is one use of Run.
type run struct {
	session *contract.Session
	life    *contract.Life
	breaker service.Breaker
	config  Config

	mu     sync.Mutex
	make   *mutator
	result Result
	recent []Input
	bad    *Finding // of the first that was seen
	points []point
}

// Run fuzzes the session's target on its shared life. An error says why it could not
// be tried: the target never became ready, its protocol has no wire to break.
func Run(ctx context.Context, s *contract.Session, config Config) (Result, error) {
	if config.Requests <= 0 {
		config.Requests = 10_000
	}
	if config.For <= 0 {
		config.For = time.Minute
	}
	if config.Side <= 0 {
		config.Side = 4
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return Result{}, err
	}
	r := &run{session: s, life: life, config: config}
	good, err := life.Probe()
	if err != nil {
		return Result{}, err
	}
	var ok bool
	if r.breaker, ok = good.Client.(service.Breaker); !ok {
		return Result{}, fmt.Errorf("the protocol %s has no requests that can be changed on the wire", s.Target().Service.Protocol)
	}
	wire, err := good.Wire()
	if err != nil {
		return Result{}, err
	}
	r.make = newMutator(config.Seed, s.Target().Service.Protocol, good.Frame != nil && s.Target().Service.Protocol != "tcp-jsonl", wire)
	began := time.Now()
	r.all(ctx)
	r.result.Took = time.Since(began)
	if ctx.Err() != nil {
		return r.result, context.Cause(ctx)
	}
	if r.bad == nil {
		if seen := broken(ctx, life); seen != "" {
			r.bad = &Finding{Seen: seen}
		}
	}
	r.result.Memory, r.result.Uncertain = growth(r.points)
	switch {
	case r.bad != nil:
		r.result.Finding = r.smaller(ctx, r.bad)
	case r.result.Memory-r.result.Uncertain > allowed:
		r.result.Finding = &Finding{Seen: fmt.Sprintf("memory grew by %.0f ± %.0f MiB over %d requests", r.result.Memory/(1<<20), r.result.Uncertain/(1<<20), r.result.Requests)}
	}
	return r.result, nil
}

var errBroken = errors.New("it broke")

// all sends until a bound is reached or something breaks.
func (r *run) all(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, r.config.For)
	defer cancel()
	within, stop := context.WithCancelCause(within)
	defer stop(nil)
	var clients sync.WaitGroup
	for range r.config.Side {
		clients.Go(func() {
			for within.Err() == nil {
				input, number, ok := r.next()
				if !ok {
					return
				}
				// What has begun when the time is over ends as ever.
				out, reply := input.send(ctx, r.session, r.life, r.breaker)
				if ctx.Err() != nil {
					return
				}
				r.note(number, input, out, reply, stop)
			}
		})
	}
	clients.Wait()
}

// next takes the next request.
func (r *run) next() (Input, int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.result.Requests >= r.config.Requests {
		return Input{}, 0, false
	}
	r.result.Requests++
	input := Input{Wire: r.make.next(), Reset: r.make.random.IntN(8) == 0}
	if token := r.life.Token(); bytes.Contains(input.Wire, []byte(token)) {
		input.Token = token
	}
	r.recent = append(r.recent, input)
	if len(r.recent) > remembered {
		r.recent = r.recent[1:]
	}
	return input, r.result.Requests, true
}

// note keeps what came of a request, and stops the run when something broke.
func (r *run) note(number int, input Input, out outcome, reply []byte, stop context.CancelCauseFunc) {
	var bad *Finding
	switch {
	case out == malformed:
		bad = &Finding{Seen: "a reply is not well-formed: " + contract.Excerpt(reply), Inputs: []Input{input}}
	case out == lost || number%500 == 0: // one in 500 also asks a good request
		if seen := broken(context.Background(), r.life); seen != "" {
			bad = &Finding{Seen: seen}
		}
	}
	var sample *point
	if every := max(r.config.Requests/40, 1); number%every == 0 && number*5 >= r.config.Requests {
		if used, err := r.life.Usage(context.Background()); err == nil {
			sample = &point{float64(number), float64(used.RSS)}
		}
		if r.config.Progress != nil {
			r.config.Progress(number)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.counts[out]++
	if sample != nil {
		r.points = append(r.points, *sample)
	}
	if bad != nil && r.bad == nil {
		r.bad = bad
		stop(errBroken)
	}
}
