package match

import (
	"math"
	"net/netip"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/usage"
)

func TestWindowsBelowALimit(t *testing.T) {
	w := usage.Window{Seconds: 4, CPU: 0.01, Wakeups: 20}
	for _, c := range []struct {
		m    *WindowMatcher
		want bool
	}{
		{IdleBelow(0.02), true}, {IdleBelow(0.01), false}, {IdleBelow(0.005), false},
		{WakeBelow(21), true}, {WakeBelow(20), false}, {WakeBelow(5), false},
	} {
		for _, actual := range []any{w, usage.Span{Window: w}} {
			if got := judged(t, c.m, actual); got != c.want {
				t.Errorf("%s (%T): %v", c.m.wanted, actual, got)
			}
		}
	}
	m := IdleBelow(0.005)
	judged(t, m, w)
	wants(t, m.FailureMessage(w), "to use less than 0.5 % of a core", "1 % of a core", "20 wake-ups a second", "over 4 s")
	wants(t, m.NegatedFailureMessage(w), "not to use less")
}

func TestWindowOfNoLengthIsAnError(t *testing.T) {
	for _, m := range []*WindowMatcher{IdleBelow(1), WakeBelow(1)} {
		for _, seconds := range []float64{0, -1, math.NaN()} {
			if ok, err := m.Match(usage.Window{Seconds: seconds}); ok || err == nil {
				t.Errorf("%s of %v s: %v, %v", m.name, seconds, ok, err)
			}
		}
		refuses(t, m.name, m, usage.Sample{}, &fake{})
	}
}

func addresses(list ...string) []netip.AddrPort {
	var all []netip.AddrPort
	for _, a := range list {
		all = append(all, netip.MustParseAddrPort(a))
	}
	return all
}

func TestListenOnlyOnLoopback(t *testing.T) {
	inside := addresses("127.0.0.1:1", "127.9.9.9:2", "[::1]:3", "[::ffff:127.0.0.1]:4")
	m := ListenOnlyOnLoopback()
	if !judged(t, m, inside) || !judged(t, m, &fake{listeners: inside}) {
		t.Errorf("%v", inside)
	}
	wants(t, m.NegatedFailureMessage(nil), "[::1]:3")
	for _, outside := range []string{"0.0.0.0:1", "[::]:1", "192.168.0.1:1", "[fe80::1]:1"} {
		for _, actual := range []any{append(addresses(outside), inside...), &fake{listeners: addresses("127.0.0.1:1", outside)}} {
			if judged(t, m, actual) {
				t.Errorf("%s (%T)", outside, actual)
			}
			wants(t, m.FailureMessage(actual), "listens on "+outside+" as well")
		}
	}
	wants(t, m.FailureMessage(nil), "command: blender -b")
	if ok, err := m.Match(&fake{}); ok || err == nil {
		t.Errorf("listening on nothing: %v, %v", ok, err)
	}
	refuses(t, "ListenOnlyOnLoopback", m, &harness.Exit{}, "127.0.0.1:1")
}
