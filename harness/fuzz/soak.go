package fuzz

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/service"
)

// SoakConfig bounds a soak.
type SoakConfig struct {
	// For so long; 0: ten minutes.
	For time.Duration
	// Seed of what is sent.
	Seed uint64
	// Side is how many clients ask at the same time; 0: 4.
	Side int
	// Each is told of each second; may be nil.
	Each func(Second)
}

// Second is what one second of a soak saw.
type Second struct {
	At       time.Duration
	Requests int
	// Failed are good requests that got no reply.
	Failed  int
	Slowest time.Duration
	// RSS in bytes, open descriptors and threads of Blender's tree.
	RSS                  uint64
	Descriptors, Threads int
}

// String is the second as a line.
func (s Second) String() string {
	return fmt.Sprintf("%4.0f s  %5d requests  %d failed  slowest %4.0f ms  %6.1f MiB  %d descriptors  %d threads",
		s.At.Seconds(), s.Requests, s.Failed, s.Slowest.Seconds()*1000, float64(s.RSS)/(1<<20), s.Descriptors, s.Threads)
}

// Trend is how something changed over a soak, but for its first fifth, in which
// caches fill.
type Trend struct {
	Name, Unit string
	// Grown over the rest, by the least-squares line; Half is half of its 95 % interval.
	// NaN: it was not measured.
	Grown, Half float64
	// Allowed is what still counts as flat.
	Allowed float64
}

// Flat says whether it is proved that it did not grow by more than is allowed.
func (t Trend) Flat() bool { return t.Grown+t.Half <= t.Allowed }

// Grows says whether it is proved that it grew by more.
func (t Trend) Grows() bool { return t.Grown-t.Half > t.Allowed }

// String is the trend as a line.
func (t Trend) String() string {
	figure := fmt.Sprintf("%-12s %+8.1f ± %.1f %s", t.Name, t.Grown, t.Half, t.Unit)
	switch {
	case math.IsNaN(t.Grown):
		return fmt.Sprintf("%-12s not measured", t.Name)
	case t.Grows():
		return fmt.Sprintf("%s: GROWS, by more than %g", figure, t.Allowed)
	case t.Flat():
		return figure + ": flat"
	}
	return fmt.Sprintf("%s: not proved flat (%g): take longer", figure, t.Allowed)
}

// SoakResult is what a soak saw.
type SoakResult struct {
	Requests, Failed int
	// Broken says what ended the service, or made it deaf; "" when nothing did.
	Broken string
	// FirstFailure is the first good request that got no reply, and why.
	FirstFailure string
	Trends       []Trend
}

// Good says whether every good request was answered and everything is proved flat.
func (r SoakResult) Good() bool {
	for _, trend := range r.Trends {
		if !trend.Flat() {
			return false
		}
	}
	return r.Broken == "" && r.Failed == 0 && len(r.Trends) > 0
}

// shapes of exec requests: nothing, work, much output, an error, a datablock that
// comes and goes.
var shapes = []string{
	"pass", "x = sum(range(1000))", "print('x' * 1000)", "raise ValueError('bgcheck soak')",
	"import bpy\nm = bpy.data.meshes.new('bgcheck-soak')\nbpy.data.meshes.remove(m)",
}

// soak is one use of Soak.
type soak struct {
	run
	exec   bool
	second Second
	result SoakResult
	random *rand.Rand
	series map[string][]point
}

// Soak asks the session's target for a long time, with a mixed load: echo of many
// sizes, exec of many shapes where there is exec, requests that are almost right, and
// clients that leave. An error says why it could not be tried.
func Soak(ctx context.Context, s *contract.Session, config SoakConfig) (SoakResult, error) {
	if config.For <= 0 {
		config.For = 10 * time.Minute
	}
	if config.Side <= 0 {
		config.Side = 4
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return SoakResult{}, err
	}
	good, err := life.Probe()
	if err != nil {
		return SoakResult{}, err
	}
	k := &soak{run: run{session: s, life: life}, exec: s.Target().Exec != nil, series: map[string][]point{},
		random: rand.New(rand.NewPCG(config.Seed, 0x736f616b))}
	if breaker, ok := good.Client.(service.Breaker); ok {
		wire, err := good.Wire()
		if err != nil {
			return SoakResult{}, err
		}
		k.breaker = breaker
		k.make = newMutator(config.Seed, s.Target().Service.Protocol, good.Frame != nil && s.Target().Service.Protocol != "tcp-jsonl", wire)
	}
	within, cancel := context.WithTimeout(ctx, config.For)
	defer cancel()
	var clients sync.WaitGroup
	for range config.Side {
		clients.Go(func() {
			for within.Err() == nil && k.life.Alive() {
				k.one(ctx) // what has begun when the time is over ends as ever
			}
		})
	}
	k.watch(within, config)
	clients.Wait()
	k.result.Requests += k.second.Requests
	k.result.Failed += k.second.Failed
	if ctx.Err() != nil {
		return k.result, context.Cause(ctx)
	}
	k.result.Broken = broken(ctx, life)
	for _, t := range []Trend{
		{Name: "memory", Unit: "MiB", Allowed: 16}, {Name: "descriptors", Unit: "open", Allowed: 8}, {Name: "threads", Unit: "alive", Allowed: 4}, {Name: "datablocks", Unit: "more", Allowed: 5},
	} {
		points := k.series[t.Name]
		if t.Name == "datablocks" && !k.exec {
			continue
		}
		t.Grown, t.Half = growth(points[len(points)/5:])
		k.result.Trends = append(k.result.Trends, t)
	}
	return k.result, nil
}

// one asks once.
func (k *soak) one(ctx context.Context) {
	k.mu.Lock()
	kind, size, shape := k.random.IntN(100), 1+k.random.IntN(4096), shapes[k.random.IntN(len(shapes))]
	if k.random.IntN(200) == 0 {
		size = 1 << 20
	}
	input := Input{Reset: kind >= 90}
	if k.make != nil {
		input.Wire = k.make.next()
	}
	k.mu.Unlock()
	began := time.Now()
	var err error
	what := ""
	switch {
	case kind >= 75 && k.breaker != nil:
		input.send(ctx, k.session, k.life, k.breaker)
	case kind >= 50 && k.exec:
		what = "exec of " + shape
		_, err = k.life.Exec(ctx, shape)
	case k.session.Target().Echo != nil:
		what = fmt.Sprintf("echo of %d bytes", size)
		_, err = k.life.Echo(ctx, strings.Repeat("soak", size/4+1)[:size])
	default:
		what = "a good request"
		err = k.life.Ask(ctx)
	}
	if ctx.Err() != nil {
		return // it was cut off
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.second.Requests++
	k.second.Slowest = max(k.second.Slowest, time.Since(began))
	if err != nil {
		k.second.Failed++
		if k.result.FirstFailure == "" {
			k.result.FirstFailure = fmt.Sprintf("%s: %v", what, err)
		}
	}
}

// counting is code that notes how many datablocks there are.
const counting = "_bg['all'] = sum(len(getattr(bpy.data, n)) for n in dir(bpy.data) if hasattr(getattr(bpy.data, n, None), 'foreach_get'))"

// watch measures every second, and datablocks every tenth, until ctx ends or
// Blender does.
func (k *soak) watch(ctx context.Context, config SoakConfig) {
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-k.life.Done():
			return
		case <-tick.C:
		}
		at := time.Since(began)
		used, err := k.life.Usage(ctx)
		if err == nil {
			for name, value := range map[string]float64{
				"memory": float64(used.RSS) / (1 << 20), "descriptors": float64(used.Descriptors), "threads": float64(used.Threads),
			} {
				k.series[name] = append(k.series[name], point{at.Seconds(), value})
			}
		}
		every := max(int(config.For/time.Second)/40, 1)
		if k.exec && n%every == 0 {
			if counts, err := k.life.Run(ctx, counting); err == nil {
				if all, ok := counts["all"].(float64); ok {
					k.series["datablocks"] = append(k.series["datablocks"], point{at.Seconds(), all})
				}
			}
		}
		k.mu.Lock()
		second := k.second
		k.result.Requests += second.Requests
		k.result.Failed += second.Failed
		k.second = Second{}
		k.mu.Unlock()
		second.At, second.RSS, second.Descriptors, second.Threads = at, used.RSS, used.Descriptors, used.Threads
		if config.Each != nil {
			config.Each(second)
		}
	}
}
