package checks

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/target"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// fake is a backend whose Blenders are goroutines with an echo service.
type fake struct {
	// startErr is what Start returns.
	startErr error
	// silent: it never listens. ends: it ends by itself so long after the start.
	silent bool
	ends   time.Duration
	// first: it answers only so many requests; 0 is all.
	first int
	// onTerm is how it ends on a signal; nil: exit code 0.
	onTerm func(*fakeProcess)
	// name of the backend; default: fake.
	name string
	// listeners it says to have.
	listeners []netip.AddrPort
	// zombie: the witness has seen Python finalise.
	zombie bool

	mu      sync.Mutex
	started int
}

func (f *fake) Name() string { return cmp.Or(f.name, "fake") }

func (f *fake) Info(context.Context) (harness.Info, error) {
	return harness.Info{Version: "0.0.0", Path: "fake"}, nil
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.started
}

func (f *fake) Start(_ context.Context, spec *harness.LaunchSpec) (harness.Process, error) {
	f.mu.Lock()
	f.started++
	f.mu.Unlock()
	if f.startErr != nil {
		return nil, f.startErr
	}
	p := &fakeProcess{fake: f, spec: spec, done: make(chan struct{})}
	p.witness(`{"event": "enable", "addon": "echo", "ok": true}`)
	if f.zombie {
		p.witness(`{"event": "finalize"}`)
	}
	if !f.silent {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", spec.Port))
		if err != nil {
			return nil, err
		}
		p.listener = listener
		go p.serve()
	}
	if f.ends > 0 {
		time.AfterFunc(f.ends, func() { p.end(harness.Status{}) })
	}
	return p, nil
}

// fakeProcess is one Blender of the fake.
type fakeProcess struct {
	fake     *fake
	spec     *harness.LaunchSpec
	listener net.Listener
	once     sync.Once
	status   harness.Status
	done     chan struct{}
	answered int
}

func (p *fakeProcess) witness(line string) {
	out, err := os.OpenFile(filepath.Join(p.spec.Dir, "scratch", "witness.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintln(out, line)
	_ = out.Close()
}

func (p *fakeProcess) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.answer(conn)
	}
}

func (p *fakeProcess) answer(conn net.Conn) {
	p.answered++
	if p.fake.first > 0 && p.answered > p.fake.first {
		return // left open and silent
	}
	defer func() { _ = conn.Close() }()
	var request map[string]any
	if json.NewDecoder(conn).Decode(&request) != nil {
		return
	}
	if request["message"] == "die" {
		p.end(harness.Status{Code: 7})
		return
	}
	_ = json.NewEncoder(conn).Encode(map[string]any{"ok": true, "message": request["message"]})
}

func (p *fakeProcess) end(status harness.Status) {
	p.once.Do(func() {
		if p.listener != nil {
			_ = p.listener.Close()
		}
		p.status = status
		close(p.done)
	})
}

func (p *fakeProcess) PID() int        { return 0 }
func (p *fakeProcess) Command() string { return "fake --background" }
func (p *fakeProcess) Address(_ context.Context, port int) (string, error) {
	return fmt.Sprintf("127.0.0.1:%d", port), nil
}

func (p *fakeProcess) Signal(context.Context, os.Signal) error {
	if p.fake.onTerm != nil {
		p.fake.onTerm(p)
		return nil
	}
	p.witness(`{"event": "unregister", "addon": "echo", "ok": true}`)
	p.end(harness.Status{})
	return nil
}

func (p *fakeProcess) Kill(context.Context) error {
	p.end(harness.Status{Code: -1, Signal: syscall.SIGKILL})
	return nil
}

func (p *fakeProcess) Done() <-chan struct{}  { return p.done }
func (p *fakeProcess) Status() harness.Status { return p.status }
func (p *fakeProcess) Usage(context.Context) (usage.Sample, error) {
	return usage.Sample{At: time.Now()}, nil
}
func (p *fakeProcess) Listeners(context.Context) ([]netip.AddrPort, error) {
	return p.fake.listeners, nil
}
func (p *fakeProcess) ReadFile(_ context.Context, rel string) ([]byte, error) {
	return fs.ReadFile(os.DirFS(p.spec.Dir), filepath.ToSlash(rel))
}

// open makes a session on the fake; the target has an echo request alone.
func open(t *testing.T, f *fake, change ...func(*target.Target)) *contract.Session {
	t.Helper()
	return openIn(t, f, "", change...)
}

// openIn makes one of the sessions that tell one another of faults in a folder.
func openIn(t *testing.T, f *fake, faults string, change ...func(*target.Target)) *contract.Session {
	t.Helper()
	t.Parallel() // most of a session is waiting
	under := &target.Target{
		Name: "fake", Module: "echo",
		Echo:    &target.Exchange{Request: `{"message": "{message}"}`},
		Budgets: target.Budgets{Ready: 5 * time.Second, Quiet: 200 * time.Millisecond, Latency: 200 * time.Millisecond, Stop: time.Second},
	}
	for _, c := range change {
		c(under)
	}
	s, err := contract.Open(contract.Config{Target: under, Backend: f, Out: t.TempDir(), Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must(t *testing.T, name string) contract.Check {
	t.Helper()
	check, ok := Find(name)
	if !ok {
		t.Fatalf("there is no check %s", name)
	}
	return check
}
