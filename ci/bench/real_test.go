//go:build linux

package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
)

// tiny is the least that can be measured. Nothing here asserts a time.
func tiny(t *testing.T) (Config, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	if _, err := harness.Local("").Info(ctx); err != nil && os.Getenv("BGCHECK_REQUIRE_BLENDER") != "1" {
		t.Skip(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return Config{Root: root, Rounds: 1, Slice: time.Millisecond, Idle: 100 * time.Millisecond, LogMiB: 1,
		Most: Steps{Connections: 30, Bytes: 1000, Requests: 30, Stay: true}}, ctx
}

func TestRealServersAreMeasuredSideBySide(t *testing.T) {
	g := NewWithT(t)
	config, ctx := tiny(t)
	config.Only = []string{Limit, Protocol, Reference, Blocking, Seeds10, BareEnd, BareStart}
	result, err := Run(ctx, config)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(result.Servers).To(HaveLen(8))
	for _, s := range result.Servers {
		g.Expect(s.Rounds).To(HaveLen(1), s.Name)
		if s.Name == Wire {
			g.Expect(s.Rounds[0].Kept.P50).To(BeNumerically(">", 0))
			continue
		}
		g.Expect(s.Rounds[0].Launch).To(BeNumerically(">", 0), s.Name)
		if s.Name == BareEnd || s.Name == BareStart {
			g.Expect(s.Idle).To(BeNil())
			continue
		}
		g.Expect(s.Idle.Seconds).To(BeNumerically(">", 0), s.Name)
		g.Expect(s.Memory).To(BeNumerically(">", 1<<20), s.Name)
		for _, p := range []*Percentiles{s.Rounds[0].Echo, s.Rounds[0].Exec, s.Rounds[0].Same, s.Rounds[0].Many} {
			g.Expect(p.Count).To(BeNumerically(">", 3), s.Name)
			g.Expect(p.PerSecond).To(BeNumerically(">", 0), s.Name)
		}
		g.Expect(s.Rounds[0].Echo.P95).To(BeNumerically(">", 0), s.Name)
		g.Expect(s.Rounds[0].Kept != nil).To(Equal(s.Name == Protocol || s.Name == Reference), s.Name)
	}
	g.Expect(result.Aims).To(HaveLen(len(aimed)))
	g.Expect(result.Blender.Version).NotTo(BeEmpty())
	g.Expect(result.Python).To(HaveKeyWithValue(Limit, MatchRegexp(`^3\.`)))
	g.Expect(result.Harness).To(BeNil(), "only the named servers were asked for")
}

func TestTheHarnessIsMeasured(t *testing.T) {
	g := NewWithT(t)
	config, ctx := tiny(t)
	config = config.withDefaults()
	site, err := newSite(config.Root, config.Python)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(site.remove)
	r := &run{config, site, &Result{}}
	cost, err := r.cost(ctx, site.servers(config.Backend))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(cost.Memory).To(BeNumerically(">", 1<<20))
	g.Expect(cost.Poured.Written).To(BeNumerically(">=", 1<<20))
	for _, d := range []Delay{cost.Announced, cost.Reserved} {
		g.Expect(d.Count).To(Equal(2))
		g.Expect(d.Median).To(BeNumerically(">", 0), "it knew before the service could answer")
	}
}

func TestGrowthIsMeasured(t *testing.T) {
	g := NewWithT(t)
	config, ctx := tiny(t)
	config.Growth = true
	result, err := Run(ctx, config)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(result.Summary).To(BeEmpty())
	g.Expect(result.Growth.Series).To(HaveLen(4))
	for _, s := range result.Growth.Series {
		g.Expect(s.Steps[0].N).To(Equal(1), s.Name)
		g.Expect(s.Steps[len(s.Steps)-1].N).To(BeElementOf(30, 1000), s.Name)
		g.Expect(s.End).NotTo(BeEmpty(), s.Name)
	}
	connections := result.Growth.Series[0].Steps
	g.Expect(connections[len(connections)-1].Descriptors).To(BeNumerically(">=", connections[0].Descriptors+29))
}

func TestAServerThatIsNotThere(t *testing.T) {
	g := NewWithT(t)
	config, ctx := tiny(t)
	config.Only = []string{Limit, "nonsense"}
	_, err := Run(ctx, config)
	g.Expect(err).To(MatchError(ContainSubstring(`there is no "nonsense"; expected some of asyncio, protocol`)))
	config.Only, config.Root = nil, t.TempDir()
	_, err = Run(ctx, config)
	g.Expect(err).To(MatchError(ContainSubstring("there is no .py file in ")))
}
