package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
)

// startPatience and endPatience are no budgets: they end a run that hangs.
const (
	startPatience = 60 * time.Second
	endPatience   = 30 * time.Second
)

// running is one process of a server.
type running struct {
	server
	blender *harness.Blender
	address netip.AddrPort
	launch  time.Duration // to the first answer
}

const message = "what goes in comes out"

var echoRequest = []byte(`{"message": "` + message + `"}`)

// line is a request with its line break: the connection stays open.
func line(request []byte) []byte { return append(request[:len(request):len(request)], '\n') }

// statements are one-line execs, more of them than anybody caches.
var statements = func() (list [][]byte) {
	for i := range 1024 {
		list = append(list, fmt.Appendf(nil, `{"code": "answer = %d + 1"}`, i))
	}
	return list
}()

// start launches a server and waits for its first answer, or for what else is
// measured of it. Close it in any case but an error.
func (s server) start(ctx context.Context) (*running, error) {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	b, err := harness.Launch(ctx, s.options...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	began := time.Now()
	r := &running{server: s, blender: b}
	switch {
	case s.end:
		_, err = b.Wait(ctx)
	case s.reached:
		_, err = b.Log().Wait(ctx, 0, reached)
	default:
		err = r.firstAnswer(ctx)
	}
	r.launch = time.Since(began)
	if err == nil && !s.end && b.Exit() != nil && !s.reached {
		err = fmt.Errorf("it ended: %s", b.Exit())
	}
	if err != nil {
		tail := strings.Join(b.Log().Tail(10), "\n")
		b.Close()
		return nil, fmt.Errorf("start %s: %w\n%s", s.name, err, tail)
	}
	return r, nil
}

var reached = regexp.MustCompile(`^reached$`)

// firstAnswer asks once: a server that has announced its port listens.
func (r *running) firstAnswer(ctx context.Context) error {
	address, err := r.blender.Address(ctx)
	if err != nil {
		return err
	}
	if r.address, err = netip.ParseAddrPort(address); err != nil {
		return err
	}
	_, err = r.learn(echoRequest, false, message)
	return err
}

// learn asks once and checks the reply: "message" must be text, unless that is empty.
func (r *running) learn(request []byte, keep bool, text string) ([]byte, error) {
	reply, err := learn(r.address, request, keep)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", r.name, err)
	}
	var fields map[string]any
	if err := json.Unmarshal(reply, &fields); err != nil {
		return nil, fmt.Errorf("ask %s: the reply %.200q is no JSON object: %w", r.name, reply, err)
	}
	if fields["ok"] == false || fields["status"] == "error" || text != "" && fields["message"] != text {
		return nil, fmt.Errorf("ask %s: wrong reply %.200q", r.name, reply)
	}
	return reply, nil
}

// round measures one process: every kind of request for slice each.
func (r *running) round(ctx context.Context, slice time.Duration) (Round, error) {
	out := Round{Launch: milliseconds(r.launch)}
	measure := func(to **Percentiles, requests [][]byte, text string, keep bool, run func(load) (timings, error)) error {
		want, err := r.learn(requests[0], keep, text)
		if err != nil {
			return err
		}
		fewest := 20 // a p95 takes as many
		if r.slow && to != &out.Echo {
			fewest = 4
		}
		before, err := r.blender.Usage(ctx)
		if err != nil {
			return err
		}
		t, err := run(load{r.address, requests, want, slice, fewest})
		if err != nil {
			return fmt.Errorf("load %s: %w", r.name, err)
		}
		after, err := r.blender.Usage(ctx)
		if err != nil {
			return err
		}
		*to = t.percentiles()
		(*to).CPU = float64((after.CPU - before.CPU).Nanoseconds()) / 1e3 / float64(len(t.took))
		return nil
	}
	echo := [][]byte{echoRequest}
	err := measure(&out.Echo, echo, message, false, load.oneByOne)
	if err == nil && r.keeps {
		err = measure(&out.Kept, [][]byte{line(echoRequest)}, message, true, load.keptOpen)
	}
	if err == nil {
		err = measure(&out.Exec, statements, "", false, load.oneByOne)
	}
	if err == nil {
		err = measure(&out.Same, statements[:1], "", false, load.oneByOne)
	}
	if err == nil {
		err = measure(&out.Many, echo, message, false, func(l load) (timings, error) {
			l.count = max(l.count, 64)
			return l.atOnce(32)
		})
	}
	return out, err
}

// stop sends SIGTERM and tells how long the end took. Another end than exit
// code 0 is an error.
func (r *running) stop(ctx context.Context) (time.Duration, error) {
	exit, err := r.blender.Stop(ctx, harness.StopGrace(endPatience))
	if err != nil {
		return 0, fmt.Errorf("stop %s: %w", r.name, err)
	}
	if exit.Code != 0 {
		return 0, fmt.Errorf("stop %s: %s\n%s", r.name, exit, strings.Join(exit.Tail, "\n"))
	}
	return exit.Took, nil
}

// python is the version that the server has printed, or "".
func (r *running) python() string {
	for _, text := range r.blender.Log().Tail(100) {
		if m := pythonVersion.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}

var pythonVersion = regexp.MustCompile(`^Python (\S+), listening`)
