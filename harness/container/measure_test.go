package container

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// start starts a guest below the harness's Blender, to reach the process itself.
func start(t *testing.T, image string, v vars) (*process, func() []string) {
	t.Helper()
	var p *process
	b := spy{New(image), &p}
	options := []harness.Option{harness.On(b)}
	for name, value := range v {
		options = append(options, harness.Env(name, value))
	}
	run, err := harness.Launch(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	line(t, run, "holding")
	return p, func() []string { return run.Log().Tail(10) }
}

func TestAllWaysToMeasureAgree(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		p, _ := start(t, image, vars{"GUEST_EAT": "50", "GUEST_HOLD": "1"})
		samples := map[string]usage.Sample{}
		take := func(name string) {
			t.Helper()
			s, err := p.Usage(t.Context())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			samples[name] = s
		}
		if p.PID() != 0 {
			take("by this machine's /proc")
		} else {
			t.Log("the container's processes are not seen on this machine")
		}
		p.mu.Lock()
		p.pid = 0
		p.mu.Unlock()
		if p.launcher {
			take("by the launcher")
			p.launcher = false
		}
		take("by the engine")
		p.launcher = image == images.full
		for name, s := range samples {
			t.Logf("%s: %+v", name, s)
			// The engine counts the cache and the launcher, too.
			if s.RSS < 50<<20 || s.RSS > 120<<20 {
				t.Errorf("%s: RSS is %d MiB, after eating 50", name, s.RSS>>20)
			}
			if s.CPU <= 0 || s.Threads < 1 {
				t.Errorf("%s: %v CPU time, %d threads", name, s.CPU, s.Threads)
			}
		}
	})
}

func TestListeningAddressesAreReadAsTheKernelWritesThem(t *testing.T) {
	t.Parallel()
	got, err := parseListeners([]string{"0100007F:5B25", "00000000:0050", "00000000000000000000000001000000:1F90",
		"0000000000000000FFFF00000100007F:0001"})
	want := []netip.AddrPort{
		netip.MustParseAddrPort("127.0.0.1:23333"), netip.MustParseAddrPort("0.0.0.0:80"),
		netip.MustParseAddrPort("[::1]:8080"), netip.MustParseAddrPort("127.0.0.1:1"),
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for _, bad := range []string{"", "0100007F", "01:1", "zz00007F:1", "0100007F:10000"} {
		if got, err := parseListeners([]string{bad}); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}
