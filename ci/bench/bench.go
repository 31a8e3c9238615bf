package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Config says what to measure. The zero value of a field is its default.
type Config struct {
	// Root is the folder of bgcheck's repository.
	Root string
	// Backend starts Blender on this machine. Default: harness.Local("").
	Backend harness.Backend
	// Python runs the servers without Blender. Default: /usr/bin/python3, which is
	// the one that a distribution's Blender uses, or else python3 in PATH.
	Python string
	// Rounds default to 5.
	Rounds int
	// Slice is how long each kind of request is made in a round. Default: 1 s.
	Slice time.Duration
	// Idle is the length of the quiet window. Default: 20 s.
	Idle time.Duration
	// LogMiB is how much log is poured through the harness. Default: 1024, as
	// much on disk below the system's temporary folder for a while; negative: none.
	LogMiB int
	// Compare leaves servers, launches and the harness out when it is false and
	// Growth is true.
	Compare, Growth bool
	// Most bounds the steps of the growth: connections, message size in bytes
	// and requests. Default: 5000, 64 MiB and 100000.
	Most Steps
	// Only these servers, by name; empty: all.
	Only []string
	// Progress gets a line now and then. Default: nobody.
	Progress io.Writer
}

func (c Config) withDefaults() Config {
	if c.Backend == nil {
		c.Backend = harness.Local("")
	}
	if c.Python == "" {
		c.Python = "python3"
		if _, err := os.Stat("/usr/bin/python3"); err == nil {
			c.Python = "/usr/bin/python3"
		}
	}
	if c.Rounds <= 0 {
		c.Rounds = 5
	}
	if c.Slice <= 0 {
		c.Slice = time.Second
	}
	if c.Idle <= 0 {
		c.Idle = 20 * time.Second
	}
	if c.LogMiB == 0 {
		c.LogMiB = 1024
	}
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	c.Compare = c.Compare || !c.Growth
	c.Most = c.Most.withDefaults()
	return c
}

// run is one Run at work.
type run struct {
	Config
	site   *site
	result *Result
}

// Run measures. It takes some minutes with the defaults, ends early with ctx,
// and leaves nothing running. An error that wraps harness.ErrMachine is a fault
// of this machine.
func Run(ctx context.Context, config Config) (*Result, error) {
	c := config.withDefaults()
	began := time.Now()
	info, err := c.Backend.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("find Blender: %w", err)
	}
	site, err := newSite(c.Root, c.Python)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	r := &run{c, site, &Result{
		Schema: Schema, Started: began, Machine: report.ThisMachine(), Blender: info, Python: map[string]string{},
		Settings: Settings{c.Rounds, c.Slice.Seconds(), c.Idle.Seconds(), max(0, c.LogMiB)},
	}}
	r.result.Busy[0] = loadAverage()
	if runtime.GOMAXPROCS(0) < 4 { // one of them is the client's; they need no core each
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	}
	// The client's thread holds its processor while it waits: a collection would
	// wait for it. What a run allocates is small.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	if c.Compare {
		if err := r.compare(ctx); err != nil {
			return nil, err
		}
	}
	if c.Growth {
		if r.result.Growth, err = r.growth(ctx); err != nil {
			return nil, err
		}
	}
	r.result.Busy[1] = loadAverage()
	r.result.Seconds = time.Since(began).Seconds()
	return r.result, nil
}

// compare measures the harness, then all servers.
func (r *run) compare(ctx context.Context) error {
	servers, err := r.chosen()
	if err != nil {
		return err
	}
	for _, s := range servers {
		r.result.Servers = append(r.result.Servers, &Measured{Name: s.name, What: s.what})
	}
	r.say("a first start of each")
	if err := r.warm(ctx, servers); err != nil {
		return err
	}
	if len(r.Only) == 0 {
		r.say("the harness itself")
		if r.result.Harness, err = r.cost(ctx, servers); err != nil {
			return err
		}
	}
	r.say("a quiet window of %s", r.Idle)
	if err := r.idle(ctx, servers); err != nil {
		return err
	}
	floor := &Measured{Name: Wire, What: "a line there and back between two threads, without a service or Python"}
	r.result.Servers = append(r.result.Servers, floor)
	for i := range r.Rounds {
		r.say("round %d of %d", i+1, r.Rounds)
		bare, err := wire(r.Slice)
		if err != nil {
			return err
		}
		floor.Rounds = append(floor.Rounds, Round{Kept: bare})
		for j := range servers {
			k := (i + j) % len(servers)
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.turn(ctx, servers[k], r.result.Servers[k]); err != nil {
				return err
			}
		}
	}
	r.result.Summary = summarise(r.result.Servers)
	r.result.Aims = judge(r.result.Summary)
	return nil
}

// chosen are the servers that Only names.
func (r *run) chosen() ([]server, error) {
	all := r.site.servers(r.Backend)
	if len(r.Only) == 0 {
		return all, nil
	}
	var list []server
	var names []string
	for _, s := range all {
		names = append(names, s.name)
		if slices.Contains(r.Only, s.name) {
			list = append(list, s)
		}
	}
	for _, name := range r.Only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("choose servers: there is no %q; expected some of %s", name, strings.Join(names, ", "))
		}
	}
	return list, nil
}

// warm starts each server once, so that files are in memory and compiled.
func (r *run) warm(ctx context.Context, servers []server) error {
	for _, s := range servers {
		started, err := s.start(ctx)
		if err != nil {
			return err
		}
		if version := started.python(); version != "" {
			r.result.Python[s.name] = version
		}
		if err := started.blender.Close(); err != nil {
			return err
		}
	}
	return nil
}

// prime starts and ends a bare Blender, so that each measured launch of one comes
// after the same: the first after seconds without is a tenth slower (measured).
func (r *run) prime(ctx context.Context) error {
	servers := r.site.servers(r.Backend)
	bare := servers[slices.IndexFunc(servers, func(s server) bool { return s.name == BareEnd })]
	started, err := bare.start(ctx)
	if err != nil {
		return err
	}
	return started.blender.Close()
}

// turn is one server's part of a round.
func (r *run) turn(ctx context.Context, s server, to *Measured) (err error) {
	if s.name != Limit && s.name != Protocol {
		if err := r.prime(ctx); err != nil {
			return err
		}
	}
	started, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, started.blender.Close()) }()
	round := Round{Launch: milliseconds(started.launch)}
	if s.name != Witnessed && !s.end && !s.reached {
		if round, err = started.round(ctx, r.Slice); err != nil {
			return err
		}
	}
	if !s.end && !s.reached {
		took, err := started.stop(ctx)
		if err != nil {
			return err
		}
		round.Stop = milliseconds(took)
	}
	to.Rounds = append(to.Rounds, round)
	return nil
}

// idle watches all servers over the same quiet window.
func (r *run) idle(ctx context.Context, servers []server) (err error) {
	all := make([]*running, len(servers))
	defer func() {
		for _, one := range all {
			if one != nil {
				err = errors.Join(err, one.blender.Close())
			}
		}
	}()
	for i, s := range servers {
		if s.end || s.reached || s.name == Witnessed {
			continue
		}
		if all[i], err = s.start(ctx); err != nil {
			return err
		}
	}
	settle := min(r.Idle/4, 2*time.Second)
	if err := pause(ctx, settle); err != nil {
		return err
	}
	before := make([]usage.Sample, len(all))
	measure := func(f func(i int, s usage.Sample)) error {
		for i, one := range all {
			if one == nil {
				continue
			}
			s, err := one.blender.Usage(ctx)
			if err != nil {
				return err
			}
			f(i, s)
		}
		return nil
	}
	if err := measure(func(i int, s usage.Sample) { before[i] = s }); err != nil {
		return err
	}
	if err := pause(ctx, r.Idle); err != nil {
		return err
	}
	if err := measure(func(i int, s usage.Sample) {
		w := usage.Between(before[i], s)
		r.result.Servers[i].Idle, r.result.Servers[i].Memory = &w, s.RSS
	}); err != nil {
		return err
	}
	for _, one := range all { // a dead service is quiet too
		if one != nil {
			if _, err := one.learn(echoRequest, false, message); err != nil {
				return fmt.Errorf("after the quiet window: %w", err)
			}
		}
	}
	return nil
}

// pause is the quiet window itself.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.Progress, "bench: "+format+"\n", args...)
}

// loadAverage of one minute; 0 where there is none to read.
func loadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	value, _ := strconv.ParseFloat(first, 64)
	return value
}
