package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/ci/bench"
	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

type benchWord struct {
	Rounds  int     `default:"5" help:"How often each server is measured."`
	Seconds float64 `default:"1" help:"How long each kind of request is made in a round."`
	Idle    float64 `default:"20" help:"Seconds of the quiet window."`
	Log     int     `default:"1024" placeholder:"MIB" help:"MiB of log poured through the harness; 0: none."`
	Quick   bool    `help:"2 rounds of 0.3 s, 5 s idle, 64 MiB of log, growth to a tenth: to try it out."`
	Growth  bool    `env:"GROWTH" help:"Measure growth of the work instead."`
	All     bool    `help:"Measure both."`
	Only    string  `placeholder:"NAMES" help:"The servers to measure, with commas between. Default: all, and the harness."`
	Out     string  `placeholder:"FOLDER" env:"BGCHECK_OUT" help:"For bench.json, default: out."`
	Blender string  `placeholder:"PATH" env:"BGCHECK_BLENDER" help:"The Blender to run."`
	Python  string  `placeholder:"PATH" help:"Of the servers without Blender, default: /usr/bin/python3."`
}

// Run measures the reference add-on beside what it competes with, prints the
// table and writes bench.json, and bench.txt in Go's benchmark format.
func (w *benchWord) Run(c *call) error {
	folder, err := fixtures.Root()
	if err != nil {
		return CouldNot.as(err)
	}
	config := bench.Config{
		Root: filepath.Dir(folder), Backend: harness.Local(w.Blender), Python: w.Python,
		Rounds: w.Rounds, Slice: toDuration(w.Seconds), Idle: toDuration(w.Idle), LogMiB: w.Log,
		Growth: w.Growth || w.All, Compare: w.All || !w.Growth, Progress: c.errout,
	}
	if w.Only != "" {
		config.Only = strings.Split(w.Only, ",")
	}
	if w.Log <= 0 {
		config.LogMiB = -1
	}
	if w.Quick {
		config.Rounds, config.Slice, config.Idle, config.LogMiB = 2, toDuration(0.3), 5*time.Second, 64
		config.Most = bench.Steps{Connections: 500, Bytes: 8 << 20, Requests: 10_000}
	}
	to := w.Out
	if to == "" {
		to = filepath.Join(config.Root, "out")
	}
	ctx, stop, err := interruptible(c)
	if err != nil {
		return err
	}
	defer stop()
	result, err := bench.Run(ctx, config)
	if err != nil {
		return CouldNot.as(err)
	}
	name := "bench.json"
	if !config.Compare {
		name = "growth.json"
	}
	if err := result.Write(filepath.Join(to, name)); err != nil {
		return CouldNot.as(err)
	}
	fmt.Fprintf(c.out, "%s\n%s\n", result.Table(), filepath.Join(to, name))
	if config.Compare {
		figures := filepath.Join(to, "bench.txt")
		if err := os.WriteFile(figures, []byte(report.Clean(result.Benchmarks())), 0o644); err != nil { //nolint:gosec // a report is for everyone
			return CouldNot.because("write the figures: %w", err)
		}
		fmt.Fprintf(c.out, "%s (for benchstat)\n", figures)
	}
	return nil
}

func toDuration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
