package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// Steps bound a growth.
type Steps struct {
	Connections, Bytes, Requests int
	// Stay: do not look beyond them for the end.
	Stay bool
}

func (s Steps) withDefaults() Steps {
	if s.Connections <= 0 {
		s.Connections = 5000
	}
	if s.Bytes <= 0 {
		s.Bytes = 64 << 20
	}
	if s.Requests <= 0 {
		s.Requests = 100_000
	}
	return s
}

// Growth is how the reference add-on's costs grow with its work.
type Growth struct {
	Series []*Series `json:"series"`
}

// Series is one kind of work, on one life of the service.
type Series struct {
	Name string `json:"name"`
	// Unit of N.
	Unit  string `json:"unit"`
	Steps []Step `json:"steps"`
	// Exponents of the curves time = c*N^k, CPU and memory = c*N^k, from the
	// steps that are large enough to tell: 1 is linear. 0: not to be told.
	Time   float64 `json:"time_exponent"`
	CPU    float64 `json:"cpu_exponent"`
	Memory float64 `json:"memory_exponent,omitempty"`
	// End says where it ends and why, found by going there.
	End string `json:"end"`
}

// Step is one size of the work.
type Step struct {
	N int `json:"n"`
	// Seconds that N units took together.
	Seconds float64 `json:"seconds"`
	// P50 of a request, in milliseconds.
	P50 float64 `json:"p50_ms"`
	// CPU of the service's process for one request, in microseconds.
	CPU float64 `json:"cpu_us"`
	// Peak is the most memory resident in the step, looked at every 50 ms, in
	// bytes; Memory and open descriptors are those at its end.
	Peak        uint64 `json:"peak"`
	Memory      uint64 `json:"memory"`
	Descriptors int    `json:"descriptors"`
	// Ratio of the time for one unit to that of the step before; 0 for the first.
	Ratio float64 `json:"ratio,omitempty"`
}

// growth grows everything on a fresh process each.
func (r *run) growth(ctx context.Context) (*Growth, error) {
	g := &Growth{}
	for _, grow := range []func(context.Context, *running) (*Series, error){
		r.growConnections, r.growMessages, r.growRequests, r.growLines,
	} {
		for _, s := range r.site.servers(r.Backend) {
			if s.name != Reference {
				continue
			}
			one, err := s.start(ctx)
			if err != nil {
				return nil, err
			}
			series, err := grow(ctx, one)
			if err == nil {
				_, err = one.stop(ctx)
			}
			if err = errors.Join(err, one.blender.Close()); err != nil {
				return nil, fmt.Errorf("growth: %w", err)
			}
			g.Series = append(g.Series, series)
		}
	}
	return g, nil
}

// tens are 1, 10, 100 ... and last.
func tens(last int) (list []int) {
	for n := 1; n < last; n *= 10 {
		list = append(list, n)
	}
	return append(list, last)
}

// spent is what the service used meanwhile.
type spent struct {
	took          time.Duration
	before, after usage.Sample
	peak          uint64
}

// spent measures the service around f.
func (r *running) spent(ctx context.Context, f func() error) (s spent, err error) {
	recorder, err := usage.Record(50*time.Millisecond, func() (usage.Sample, error) { return usage.Of(r.blender.PID()) })
	if err != nil {
		return s, err
	}
	defer recorder.Stop()
	if s.before, err = r.blender.Usage(ctx); err != nil {
		return s, err
	}
	began := time.Now()
	if err = onThread(f); err != nil {
		return s, err
	}
	s.took = time.Since(began)
	if s.after, err = r.blender.Usage(ctx); err != nil {
		return s, err
	}
	recorder.Stop()
	for _, sample := range recorder.Samples(time.Time{}, time.Time{}) {
		s.peak = max(s.peak, sample.RSS)
	}
	s.peak = max(s.peak, s.after.RSS)
	return s, nil
}

// growConnections opens more and more connections, which stay open, and asks
// on each of them.
func (r *run) growConnections(ctx context.Context, one *running) (*Series, error) {
	s := &Series{Name: "open connections", Unit: "connections"}
	request := line(echoRequest)
	want, err := one.learn(request, true, message)
	if err != nil {
		return nil, err
	}
	buffer := make([]byte, len(want)+4096)
	var open []conn
	defer func() {
		for _, c := range open {
			c.close()
		}
	}()
	start, err := one.blender.Usage(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range tens(r.Most.Connections) {
		r.say("%d open connections", n)
		for len(open) < n {
			c, err := dial(one.address)
			if err != nil {
				return nil, fmt.Errorf("connection %d: %w", len(open)+1, err)
			}
			open = append(open, c)
		}
		var t timings
		used, err := one.spent(ctx, func() error {
			for i, c := range open {
				began := time.Now()
				if err := c.send(request); err != nil {
					return fmt.Errorf("connection %d: %w", i+1, err)
				}
				if err := c.receive(want, buffer); err != nil {
					return fmt.Errorf("connection %d: %w", i+1, err)
				}
				t.took = append(t.took, milliseconds(time.Since(began)))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		s.add(n, used.took, n, t, used)
	}
	s.fit(100, start.RSS)
	if s.End = "not looked for"; !r.Most.Stay {
		s.End = one.lastConnection(&open, request, want)
	}
	return s, nil
}

// lastConnection opens until one is refused, and says why.
func (r *running) lastConnection(open *[]conn, request, want []byte) string {
	const most = 1 << 16
	buffer := make([]byte, 4096)
	for len(*open) < most {
		c, err := dial(r.address)
		if err != nil {
			return fmt.Sprintf("connection %d: %v (this client's end, not the service's)", len(*open)+1, err)
		}
		*open = append(*open, c)
		if err = c.send(request); err == nil {
			var n int
			if n, err = c.read(buffer); err == nil && !bytes.Equal(buffer[:n], want) {
				return fmt.Sprintf("connection %d is refused: %s", len(*open), refusal(buffer[:n]))
			}
		}
		if err != nil {
			return fmt.Sprintf("connection %d: %v", len(*open), err)
		}
	}
	return fmt.Sprintf("not found: %d connections were open", most)
}

// refusal is what an error reply says.
func refusal(reply []byte) string {
	var fields struct {
		Error struct{ Type, Message string }
	}
	if json.Unmarshal(reply, &fields) != nil || fields.Error.Type == "" {
		return fmt.Sprintf("%.100q", reply)
	}
	return fields.Error.Type + ", " + fields.Error.Message
}

// growMessages sends longer and longer messages, a connection each.
func (r *run) growMessages(ctx context.Context, one *running) (*Series, error) {
	s := &Series{Name: "message size", Unit: "bytes"}
	start, err := one.blender.Usage(ctx)
	if err != nil {
		return nil, err
	}
	for n := 1; ; n = min(n*8, r.Most.Bytes) {
		r.say("messages of %d bytes", n)
		text := bytes.Repeat([]byte("x"), n)
		request := fmt.Appendf(nil, `{"message": "%s"}`, text)
		want, err := one.learn(request, false, string(text))
		if err != nil {
			return nil, fmt.Errorf("%d bytes: %w", n, err)
		}
		l := load{one.address, [][]byte{request}, want, 0, max(5, min(200, (16<<20)/n))}
		var t timings
		used, err := one.spent(ctx, func() (err error) {
			t, err = l.oneByOne()
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("%d bytes: %w", n, err)
		}
		took := time.Duration(t.percentiles().P50 * float64(time.Millisecond))
		s.add(n, took, l.count, t, used)
		runtime.GC()
		if n == r.Most.Bytes {
			break
		}
	}
	s.fit(64<<10, start.RSS)
	if s.End = "not looked for"; !r.Most.Stay {
		s.End = one.longestMessage()
	}
	return s, nil
}

// longestMessage doubles the message until it is refused, and says why.
func (r *running) longestMessage() string {
	for n := 128 << 20; n <= 1<<30; n *= 2 {
		c, err := dial(r.address)
		if err != nil {
			return fmt.Sprintf("a message of %d bytes: %v", n, err)
		}
		request := append(append([]byte(`{"message": "`), bytes.Repeat([]byte("x"), n)...), `"}`...)
		sent := c.send(request)
		buffer := make([]byte, 4096)
		got, err := c.read(buffer)
		c.close()
		switch {
		case err != nil:
			return fmt.Sprintf("a message of %d bytes: %v", n, errors.Join(sent, err))
		case !bytes.HasPrefix(buffer[:got], []byte(`{"ok": true`)):
			return fmt.Sprintf("a message of %d bytes is refused: %s", n, refusal(buffer[:got]))
		}
	}
	return "not found: a message of 1 GiB is answered"
}

// growRequests asks more and more on one life, a connection each.
func (r *run) growRequests(ctx context.Context, one *running) (*Series, error) {
	return r.growCount(ctx, one, "requests, a connection each", echoRequest, false)
}

// growLines does so on one connection.
func (r *run) growLines(ctx context.Context, one *running) (*Series, error) {
	return r.growCount(ctx, one, "requests on one connection", line(echoRequest), true)
}

func (r *run) growCount(ctx context.Context, one *running, name string, request []byte, keep bool) (*Series, error) {
	s := &Series{Name: name, Unit: "requests", End: "not found: nothing counts requests"}
	want, err := one.learn(request, keep, message)
	if err != nil {
		return nil, err
	}
	var c conn
	if keep {
		if c, err = dial(one.address); err != nil {
			return nil, err
		}
		defer c.close()
	}
	var took time.Duration
	done := 0
	for _, n := range tens(r.Most.Requests) {
		r.say("%d %s", n, name)
		l := load{one.address, [][]byte{request}, want, 0, n - done}
		var t timings
		used, err := one.spent(ctx, func() (err error) {
			if keep {
				t, err = l.on(c)
			} else {
				t, err = l.oneByOne()
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("requests %d to %d: %w", done+1, n, err)
		}
		took += used.took
		s.add(n, took, l.count, t, used)
		done = n
	}
	s.fit(100, 0)
	return s, nil
}

// add notes a step: n units took so long; the timings are of count requests.
func (s *Series) add(n int, took time.Duration, count int, t timings, used spent) {
	step := Step{N: n, Seconds: took.Seconds(), P50: t.percentiles().P50, Peak: used.peak, Memory: used.after.RSS,
		Descriptors: used.after.Descriptors, CPU: float64((used.after.CPU - used.before.CPU).Microseconds()) / float64(count)}
	if last := len(s.Steps) - 1; last >= 0 && s.Steps[last].Seconds > 0 {
		former := s.Steps[last]
		step.Ratio = (step.Seconds / float64(n)) / (former.Seconds / float64(former.N))
	}
	s.Steps = append(s.Steps, step)
}

// fit finds the exponents from the steps of at least so many units. Memory is
// the peak above base; a base of 0 leaves it out.
func (s *Series) fit(least int, base uint64) {
	var n, seconds, cpu, memory []float64
	for _, step := range s.Steps {
		if step.N >= least {
			n, seconds = append(n, float64(step.N)), append(seconds, step.Seconds)
			used := step.CPU
			if s.Unit != "bytes" { // one request has all of them
				used *= float64(step.N)
			}
			cpu = append(cpu, used)
			memory = append(memory, float64(int64(step.Peak)-int64(base)))
		}
	}
	s.Time, s.CPU = finite(exponent(n, seconds)), finite(exponent(n, cpu))
	if base > 0 {
		s.Memory = finite(exponent(n, memory))
	}
}
