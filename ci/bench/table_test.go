package bench

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

var update = flag.Bool("update", false, "write the golden files anew")

// rounds makes as many as there are echo medians.
func rounds(launch, stop float64, kept bool, echo ...float64) (list []Round) {
	for _, p := range echo {
		some := &Percentiles{Count: 100, P50: p, P95: 2 * p, P99: 3 * p, Max: 4 * p, PerSecond: 900 / p, CPU: 800 * p}
		r := Round{Launch: launch, Stop: stop, Echo: some, Exec: some, Same: some, Many: some}
		if kept {
			r.Kept = &Percentiles{Count: 100, P50: p / 10, P95: p / 5, Max: p, PerSecond: 9000 / p, CPU: 80 * p}
		}
		list = append(list, r)
	}
	return list
}

func sample() *Result {
	quiet := func(cpu, wakeups float64) *usage.Window {
		return &usage.Window{Seconds: 20, CPU: cpu, Wakeups: wakeups}
	}
	r := &Result{
		Schema: Schema, Started: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Seconds: 99.5, Busy: [2]float64{0.7, 1.4},
		Machine: report.Machine{OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPU: "Some CPU", CPUs: 2, Memory: 8 << 30},
		Blender: harness.Info{Version: "3.4.1", Path: "/usr/bin/blender"},
		Python:  map[string]string{Limit: "3.11.2", Blocking: "3.11.2"}, Settings: Settings{3, 1, 20, 1024},
		Servers: []*Measured{
			{Name: Limit, What: "the limit", Rounds: rounds(80, 20, false, 0.2, 0.4, 0.3), Idle: quiet(0, 0), Memory: 20e6},
			{Name: Protocol, What: "a protocol", Rounds: rounds(80, 20, true, 0.15, 0.3, 0.2), Idle: quiet(0, 0), Memory: 20e6},
			{Name: Reference, What: "the reference", Rounds: rounds(500, 80, true, 0.19, 0.5, 0.25), Idle: quiet(0.0001, 0.2), Memory: 240e6},
			{Name: Seeds50, What: "the seeds", Rounds: rounds(2500, 570, false, 252, 253, 251), Idle: quiet(0.004, 19.4), Memory: 237e6},
			{Name: BareEnd, What: "nothing, to its end", Rounds: []Round{{Launch: 490}, {Launch: 500}, {Launch: 510}}},
			{Name: Wire, What: "there and back", Rounds: []Round{
				{Kept: &Percentiles{P50: 0.011}}, {Kept: &Percentiles{P50: 0.012}}, {Kept: &Percentiles{P50: 0.016}},
			}},
		},
		Harness: &Cost{Quiet: usage.Window{CPU: 0.00033, Wakeups: 3.6}, Memory: 21e6,
			Poured:    &Poured{MiB: 1024, Seconds: 3.5, CPUSeconds: 1.2, MemoryGrowth: 3e6, Written: 1 << 30},
			Announced: Delay{10, 0.8, 1.9}, Reserved: Delay{10, 48, 103}},
		Growth: &Growth{Series: []*Series{{Name: "open connections", Unit: "connections", Time: 0.99, CPU: 1, Memory: 1.01, End: "connection 8193 is refused",
			Steps: []Step{{N: 1, Seconds: 0.0002, P50: 0.1, CPU: 60, Peak: 241e6, Memory: 240e6, Descriptors: 11}, {N: 5000, Seconds: 0.4, P50: 0.03, CPU: 40, Peak: 251e6, Memory: 250e6, Descriptors: 5010, Ratio: 0.4}}}}},
	}
	r.Summary = summarise(r.Servers)
	r.Aims = judge(r.Summary)
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is right: go test ./ci/bench -update\n--- got\n%s\n--- want\n%s", name, got, want)
	}
}

func TestTheTable(t *testing.T) {
	golden(t, "table.txt", sample().Table())
}

func TestTheTableFitsATerminal(t *testing.T) {
	r := sample()
	for i := range r.Summary { // figures as wide as they get
		for _, c := range columns {
			r.Summary[i].Cells[c.name] = Cell{Value: 123456.789, Ratio: 1234}
		}
	}
	for line := range strings.Lines(r.Table()) {
		if n := utf8.RuneCountInString(line); n > 101 {
			t.Errorf("%d columns: %s", n, line)
		}
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("space at the end: %q", line)
		}
	}
}

func TestTheJSON(t *testing.T) {
	g := NewWithT(t)
	path := filepath.Join(t.TempDir(), "deep", "bench.json")
	g.Expect(sample().Write(path)).To(Succeed())
	text, err := os.ReadFile(path)
	g.Expect(err).NotTo(HaveOccurred())
	golden(t, "bench.json", string(text))
	var again Result
	g.Expect(json.Unmarshal(text, &again)).To(Succeed())
	g.Expect(again.Aims).To(Equal(sample().Aims))
}

func TestARatioIsTheMedianOfTheRoundsRatios(t *testing.T) {
	g := NewWithT(t)
	for _, row := range sample().Summary {
		if row.Key == "echo_p50_ms" { // 0.19/0.2, 0.5/0.4, 0.25/0.3
			g.Expect(row.Cells[Reference].Ratio).To(BeNumerically("~", 0.95, 1e-9))
			g.Expect(row.Cells[Reference]).To(And(HaveField("Value", 0.25), HaveField("Min", 0.19), HaveField("Max", 0.5)))
		}
		if row.Key == "launch_ms" {
			g.Expect(row.Cells[Reference].Ratio).To(Equal(1.0))
			g.Expect(row.Cells[Limit].Ratio).To(BeZero(), "plain Python has no Blender to start")
		}
	}
}

func TestAimsAreJudged(t *testing.T) {
	g := NewWithT(t)
	met := map[string]bool{}
	for _, a := range sample().Aims {
		met[a.Name] = a.Met
	}
	g.Expect(met).To(HaveLen(len(aimed)))
	g.Expect(met).To(HaveKeyWithValue("echo p50 to the limit's", true))
	g.Expect(met).To(HaveKeyWithValue("requests/s of 1 client to the limit's", true))

	slow := sample()
	slow.Servers[2].Rounds = rounds(600, 200, true, 0.6, 0.8, 0.7)
	slow.Servers[2].Idle = &usage.Window{CPU: 0.001, Wakeups: 20}
	for _, a := range judge(summarise(slow.Servers)) {
		g.Expect(a.Met).To(BeFalse(), a.Name)
	}
	g.Expect(judge(summarise(slow.Servers[:2]))).To(BeEmpty(), "without the reference nothing is judged")
}
