package bench

import (
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
)

// TestBenchstatReadsTheFigures: it reads them by the same package.
func TestBenchstatReadsTheFigures(t *testing.T) {
	reader := benchfmt.NewReader(strings.NewReader(sample().Benchmarks()), "bench.txt")
	seen := map[string]int{}
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(record)
		case *benchfmt.Result:
			seen[string(record.Name)]++
			if len(record.Values) != 1 || record.Values[0].Value <= 0 {
				t.Errorf("%s: %v", record.Name, record.Values)
			}
		}
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	name := "Server/" + Reference + "/echo_p50_ms"
	if seen[name] < 2 {
		t.Errorf("%s is there %d times, in %d names", name, seen[name], len(seen))
	}
}
