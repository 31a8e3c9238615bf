package checks

import (
	"testing"
	"time"
)

func TestTheLongWindowFollowsFromTheSourcesTimeouts(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]time.Duration{
		"print(1)\n":                                      30 * time.Second,
		"IDLE_TIMEOUT = 8\n":                              30 * time.Second,
		"IDLE_TIMEOUT = 40\n":                             50 * time.Second,
		"timeout_minutes = 2\n":                           150 * time.Second,
		"timeout_ms = 40000\n":                            50 * time.Second,
		"def f(lifetime=60): pass\n":                      75 * time.Second,
		"sock.settimeout(2 * 60)\n":                       150 * time.Second,
		"loop.call_later(100, stop)\n":                    125 * time.Second,
		"if time.monotonic() - seen > 120:\n    stop()\n": 150 * time.Second,
		"idle = float(os.environ.get('MY_IDLE', '80'))\n": 100 * time.Second,
		"timeout = 3600\nkeepalive = 48\n":                60 * time.Second,
		"timeout = 599\n":                                 10 * time.Minute,
		"frames = 250\nretries = 300\n":                   30 * time.Second,
	} {
		if got, _ := longQuietFor(read(t, source)); got != want {
			t.Errorf("%q: %s, want %s", source, got, want)
		}
	}
}
