package checks

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
)

// probes are the scripts that run in a Blender of their own, without the
// target's service: they read its source, or enable and disable it.
//
//go:embed probes/*.py
var probes embed.FS

const probeMount = "probes"

// probeMost is what a script is given at least, however short the target's own start is to be.
const probeMost = 30 * time.Second

// scripts is the folder of the probes' scripts, where the backend can read them.
var scripts = contract.Fact[string]{Name: "probes", Make: func(_ context.Context, s *contract.Session) (string, error) {
	folder := filepath.Join(s.Out(), ".probes-"+fmt.Sprint(os.Getpid()))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("write probes: %w", err)
	}
	names, err := probes.ReadDir("probes")
	if err != nil {
		return "", fmt.Errorf("write probes: %w", err)
	}
	for _, name := range names {
		text, err := probes.ReadFile("probes/" + name.Name())
		if err != nil {
			return "", fmt.Errorf("write probes: %w", err)
		}
		if err := os.WriteFile(filepath.Join(folder, name.Name()), text, 0o644); err != nil {
			return "", fmt.Errorf("write probes: %w", err)
		}
	}
	return folder, nil
}}

// runProbe runs one of the scripts and decodes what it wrote into result. args
// follow the name of the result's file.
func runProbe(ctx context.Context, s *contract.Session, script string, args []string, result any, more ...harness.Option) (*contract.Life, error) {
	folder, err := scripts.Of(ctx, s)
	if err != nil {
		return nil, err
	}
	const out = "probe.json"
	options := append([]harness.Option{
		harness.Mount(probeMount, folder),
	}, more...)
	options = append(options, // after the target's own script, which it replaces
		harness.Script("{mount:"+probeMount+"}/"+script, append([]string{"{dir}/scratch/" + out}, args...)...))
	life, err := s.Start(ctx, options...)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, max(s.Target().Budgets.Ready, probeMost))
	defer cancel()
	if _, err := life.Wait(limited); ctx.Err() != nil || life.Exit() == nil {
		return life, fmt.Errorf("run %s: %w", script, err)
	}
	text, err := life.ReadScratch(ctx, out)
	if err != nil {
		return life, fmt.Errorf("run %s: it wrote no result: %w", script, err)
	}
	if err := json.Unmarshal(text, result); err != nil {
		return life, fmt.Errorf("run %s: read its result: %w", script, err)
	}
	return life, nil
}
