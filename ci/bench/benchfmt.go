package bench

import (
	"fmt"
	"strings"
)

// Benchmarks are the figures in Go's benchmark format, which benchstat reads: a line
// for each server, measure and round.
func (r *Result) Benchmarks() string {
	var b strings.Builder
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\ncpu: %s\nblender: %s\n", r.Machine.OS, r.Machine.Arch, r.Machine.CPU, r.Blender.Version)
	names := strings.NewReplacer(" ", "-", "/", "-")
	for _, s := range r.Servers {
		for _, m := range measures {
			name, unit := m.key, "ms"
			switch {
			case strings.HasSuffix(name, "_us"):
				unit = "us"
			case strings.HasPrefix(name, "requests_"):
				unit = "requests/s"
			}
			for _, round := range s.Rounds {
				if value := m.of(round); value > 0 {
					fmt.Fprintf(&b, "BenchmarkServer/%s/%s 1 %g %s\n", names.Replace(s.Name), name, value, unit)
				}
			}
		}
	}
	return b.String()
}
