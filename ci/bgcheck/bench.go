package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/ci/bench"
	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness"
)

// benchmark measures the reference add-on beside what it competes with, prints
// the table and writes bench.json.
func benchmark(c *call) int {
	rounds := c.flags.Int("rounds", 5, "how often each server is measured")
	seconds := c.flags.Float64("seconds", 1, "how long each kind of request is made in a round")
	idle := c.flags.Float64("idle", 20, "`seconds` of the quiet window")
	pour := c.flags.Int("log", 1024, "`MiB` of log poured through the harness; 0: none")
	quick := c.flags.Bool("quick", false, "2 rounds of 0.3 s, 5 s idle, 64 MiB of log, growth to a tenth: to try it out")
	growth := c.flags.Bool("growth", os.Getenv("GROWTH") != "", "measure growth of the work instead; or GROWTH=1")
	both := c.flags.Bool("all", false, "measure both")
	only := c.flags.String("only", "", "`names` of the servers to measure, with commas between; default: all, and the harness")
	out := c.flags.String("out", "", "`folder` for bench.json (default out/); or BGCHECK_OUT")
	blender := c.flags.String("blender", "", "the Blender to run; or BGCHECK_BLENDER")
	python := c.flags.String("python", "", "the Python of the servers without Blender (default /usr/bin/python3)")
	if code, ok := c.parse(); !ok {
		return code
	}
	if c.flags.NArg() > 0 {
		return c.unexpected()
	}
	folder, err := fixtures.Root()
	if err != nil {
		return c.fail(err.Error())
	}
	config := bench.Config{
		Root: filepath.Dir(folder), Backend: harness.Local(*blender), Python: *python,
		Rounds: *rounds, Slice: toDuration(*seconds), Idle: toDuration(*idle), LogMiB: *pour,
		Growth: *growth || *both, Compare: *both || !*growth, Progress: c.errout,
	}
	if *only != "" {
		config.Only = strings.Split(*only, ",")
	}
	if *pour <= 0 {
		config.LogMiB = -1
	}
	if *quick {
		config.Rounds, config.Slice, config.Idle, config.LogMiB = 2, toDuration(0.3), 5*time.Second, 64
		config.Most = bench.Steps{Connections: 500, Bytes: 8 << 20, Requests: 10_000}
	}
	to := *out
	if to == "" {
		to = os.Getenv("BGCHECK_OUT")
	}
	if to == "" {
		to = filepath.Join(config.Root, "out")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := followOwner(cancel); err != nil {
		return c.fail(err.Error())
	}
	result, err := bench.Run(ctx, config)
	if err != nil {
		return c.fail(err.Error())
	}
	name := "bench.json"
	if !config.Compare {
		name = "growth.json"
	}
	if err := result.Write(filepath.Join(to, name)); err != nil {
		return c.fail(err.Error())
	}
	fmt.Fprintf(c.out, "%s\n%s\n", result.Table(), filepath.Join(to, name))
	return 0
}

func toDuration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// followOwner ends the run with the process that BGCHECK_OWNER names: make,
// when it is killed.
func followOwner(cancel context.CancelCauseFunc) error {
	text := os.Getenv("BGCHECK_OWNER")
	if text == "" {
		return nil
	}
	pid, err := strconv.Atoi(text)
	if err != nil || pid <= 0 {
		return fmt.Errorf("BGCHECK_OWNER=%q is no process id", text)
	}
	owner, err := os.FindProcess(pid)
	if err != nil {
		return fmt.Errorf("BGCHECK_OWNER: process %d: %w", pid, err)
	}
	go func() {
		for range time.Tick(time.Second) {
			if err := owner.Signal(syscall.Signal(0)); errors.Is(err, os.ErrProcessDone) {
				cancel(fmt.Errorf("process %d, to which this run belongs, has ended", pid))
				return
			}
		}
	}()
	return nil
}
