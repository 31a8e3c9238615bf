package command

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A run that is killed with -9, at whatever moment, leaves no process and nothing in
// TMPDIR 5 s later. BGCHECK_TEST_KILLS says how often (default: 6),
// BGCHECK_TEST_KILLS_BLENDER on which Blender (default: the fake).
func TestARunThatIsKilledAtAnyMomentLeavesNothing(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	blender := os.Getenv("BGCHECK_TEST_KILLS_BLENDER")
	within := 1500 * time.Millisecond
	if blender != "" {
		t.Setenv("BGCHECK_BLENDER", blender)
		file, within = filepath.Join("..", "..", "pyaddon", "bgcheck.yaml"), 15*time.Second
	}
	kills, err := strconv.Atoi(os.Getenv("BGCHECK_TEST_KILLS"))
	if err != nil {
		kills = 6
	}
	program := build(t, "github.com/bgcheck/bgcheck")
	left := 0
	for n := range kills {
		temporary := filepath.Join(t.TempDir(), "mark") // in the environment of all that it starts
		if err := os.Mkdir(temporary, 0o700); err != nil {
			t.Fatal(err)
		}
		run := exec.Command(program, "check", file, "--out", filepath.Join(t.TempDir(), "out"))
		run.Env = append(os.Environ(), "TMPDIR="+temporary)
		run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		moment := rand.N(within)
		time.Sleep(moment) // a random moment is what is tried
		_ = run.Process.Kill()
		_ = run.Wait()
		var seen []string
		for deadline := time.Now().Add(5 * time.Second); ; {
			if seen = remains(t, temporary); len(seen) == 0 || time.Now().After(deadline) {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if len(seen) > 0 {
			left++
			t.Errorf("kill %d, after %v, left %s", n, moment, strings.Join(seen, " and "))
		}
	}
	t.Logf("figure: %d of %d kills left something after 5 s", left, kills)
}

// remains are the processes that have the folder in their environment, and the
// files in it.
func remains(t *testing.T, folder string) []string {
	t.Helper()
	var seen []string
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range environments {
		if text, err := os.ReadFile(file); err == nil && bytes.Contains(text, []byte(folder)) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			seen = append(seen, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		seen = append(seen, entry.Name())
	}
	return seen
}
