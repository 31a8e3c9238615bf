package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/fixtures"
)

// The base is the right fixture asyncio-run, with work to do: a change of 20 % is
// nothing a person would plant where a request takes 0.3 ms.
const (
	source = "stream_echo.py"

	work = `
WORK = 0.004  # seconds that a request takes
TICK = 0.001  # seconds of work, 20 times a second
CLEAN = 0.1  # seconds of work at the end
KEPT = 0  # bytes kept of every request
kept = []


def burn(seconds: float) -> None:
    """Be busy for so long."""
    import time
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


async def tick() -> None:
    """Work a little, for ever."""
    while True:
        burn(TICK)
        await asyncio.sleep(0.05)


async def receive(`
)

// made are the edits that turn the fixture into the base.
var made = []edit{
	{"\nasync def receive(", work},
	{"    if \"message\" in request:\n", "    burn(WORK)\n    kept.append(b\"x\" * KEPT)\n    if \"message\" in request:\n"},
	{"    await stopped.wait()\n", "    ticking = asyncio.ensure_future(tick())\n    await stopped.wait()\n    ticking.cancel()\n    burn(CLEAN)\n"},
}

// edit is a text that stands once in the service's source, and what takes its place.
type edit struct{ old, new string }

func (e edit) in(text string) (string, error) {
	if n := strings.Count(text, e.old); n != 1 {
		return "", fmt.Errorf("%q stands %d times in %s; want once", e.old, n, source)
	}
	return strings.Replace(text, e.old, e.new, 1), nil
}

// plant is a change for the worse.
type plant struct {
	what string
	edit edit
	// want is the metric, or the check, that must be among the regressions.
	want string
	// check says that it is one.
	check bool
}

var plants = []plant{
	{what: "20 % more latency", edit: edit{"WORK = 0.004", "WORK = 0.0049"}, want: "echo"},
	{what: "idle CPU doubled", edit: edit{"TICK = 0.001", "TICK = 0.002"}, want: "idle-cpu"},
	{what: "50 ms at the end", edit: edit{"CLEAN = 0.1", "CLEAN = 0.15"}, want: "stop"},
	{what: "a leak of 10 KB a request", edit: edit{"KEPT = 0", "KEPT = 10000"}, want: "memory-per-1000"},
	{what: "a lost check: it listens everywhere", edit: edit{`"127.0.0.1", port`, `"0.0.0.0", port`}, want: "start/loopback-only", check: true},
}

// checks are the gate's words for the checks that are judged: of a change in the
// figures one, since the rest would only take time; of a lost one all.
func (p plant) checks() []string {
	if p.check {
		return []string{"--rounds", "1"}
	}
	return []string{"--check", "start/loopback-only"}
}

// found says whether what was planted is among the regressions.
func (p plant) found(said []string) bool {
	for _, text := range said {
		if name, _, _ := strings.Cut(text, " "); name == p.want {
			return true
		}
	}
	return false
}

// in makes the change in the service's folder.
func (p plant) in(folder string) error {
	if p.what == "" {
		return nil
	}
	return change(filepath.Join(folder, source), p.edit)
}

func change(file string, edits ...edit) error {
	text, err := os.ReadFile(file)
	changed := string(text)
	for _, e := range edits {
		if err == nil {
			changed, err = e.in(changed)
		}
	}
	if err == nil {
		err = os.WriteFile(file, []byte(changed), 0o600)
	}
	if err != nil {
		return fmt.Errorf("change the service: %w", err)
	}
	return nil
}

// makeBase makes the service's folder, a git repository with one commit.
func makeBase(folder string) error {
	root, err := fixtures.Root()
	if err != nil {
		return fmt.Errorf("find the fixtures: %w", err)
	}
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(root, "right", "asyncio-run"))); err != nil {
		return fmt.Errorf("copy the fixture: %w", err)
	}
	if err := change(filepath.Join(folder, source), made...); err != nil {
		return err
	}
	for _, words := range [][]string{{"init", "--quiet"}, {"add", "."}, {"commit", "--quiet", "--message", "base"}} {
		if err := git(folder, words...); err != nil {
			return err
		}
	}
	return nil
}
