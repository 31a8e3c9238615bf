// Command gateproof shows what `bgcheck gate` is worth: it plants one change for the
// worse at a time in a service and has the gate find it, then compares the service
// with itself, over and over, and counts the false alarms.
//
//	go run ./ci/gateproof -bgcheck out/bgcheck -runs 100
//
// Of the runs against itself every second one has both cores kept busy. It prints a
// table in Markdown. Exit status: 0 all planted changes were found and at most one run
// in a hundred raised a false alarm, 1 not so, 2 it could not be tried.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	p := proof{}
	flag.StringVar(&p.bgcheck, "bgcheck", "bgcheck", "the command that is put to the proof")
	flag.IntVar(&p.runs, "runs", 100, "how often the service is compared with itself")
	flag.Parse()
	good, err := p.all()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "gateproof:", err)
		os.Exit(2)
	case !good:
		os.Exit(1)
	}
}

// proof is one use of the program.
type proof struct {
	bgcheck string
	runs    int
	folder  string // the service's, a git repository whose commit is the base
}

func (p *proof) all() (good bool, err error) {
	if p.bgcheck, err = exec.LookPath(p.bgcheck); err != nil {
		return false, fmt.Errorf("find the command: %w", err)
	}
	if p.bgcheck, err = filepath.Abs(p.bgcheck); err != nil {
		return false, fmt.Errorf("find the command: %w", err)
	}
	top, err := os.MkdirTemp("", "bgcheck-gateproof-")
	if err != nil {
		return false, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(top)) }()
	p.folder = filepath.Join(top, "service")
	if err := makeBase(p.folder); err != nil {
		return false, err
	}
	fmt.Print("| planted | must be found as | said | s |\n|---|---|---|---:|\n")
	good = true
	for _, plant := range plants {
		said, took, err := p.gate(plant, plant.checks())
		if err != nil {
			return false, err
		}
		found := plant.found(said)
		good = good && found
		word := strings.Join(said, "; ")
		if !found {
			word = "**missed** " + word
		}
		fmt.Printf("| %s | %s | %s | %.0f |\n", plant.what, plant.want, word, took.Seconds())
	}
	alarms, err := p.control()
	return good && alarms <= max(1, p.runs/100), err
}

// control compares the service with itself.
func (p *proof) control() (alarms int, err error) {
	fmt.Print("\n| against itself | cores | said | s |\n|---:|---|---|---:|\n")
	for run := range p.runs {
		cores := "free"
		rest := func() {}
		if run%2 == 1 {
			cores, rest = "busy", burn()
		}
		said, took, err := p.gate(plant{}, []string{"--check", "start/loopback-only"})
		rest()
		if err != nil {
			return alarms, err
		}
		word := "no regression"
		if len(said) > 0 {
			alarms++
			word = "**false alarm** " + strings.Join(said, "; ")
		}
		fmt.Printf("| %d | %s | %s | %.0f |\n", run+1, cores, word, took.Seconds())
	}
	fmt.Printf("\n%d of %d runs against itself raised a false alarm.\n", alarms, p.runs)
	return alarms, nil
}

// burn keeps all cores busy until it is told to rest.
func burn() (rest func()) {
	var rested atomic.Bool
	for range runtime.NumCPU() {
		go func() {
			for !rested.Load() { // as fast as it can
			}
		}()
	}
	return func() { rested.Store(true) }
}

var regression = regexp.MustCompile(`(?m)^regression: (.*)$`)

// gate plants a change, has it judged against the base, and takes it away. It returns
// what the gate calls regressions.
func (p *proof) gate(plant plant, words []string) (said []string, took time.Duration, err error) {
	if err := plant.in(p.folder); err != nil {
		return nil, 0, err
	}
	began := time.Now()
	out := filepath.Join(filepath.Dir(p.folder), "out")
	command := exec.Command(p.bgcheck, append([]string{"gate", p.folder, "--base", "HEAD", "--out", out}, words...)...) //nolint:gosec // our own words
	text, err := command.CombinedOutput()
	took = time.Since(began)
	var ended *exec.ExitError
	if err != nil && (!errors.As(err, &ended) || ended.ExitCode() != 1) {
		return nil, took, fmt.Errorf("%s: %w\n%s", plant.what, err, text)
	}
	for _, match := range regression.FindAllSubmatch(text, -1) {
		said = append(said, string(match[1]))
	}
	return said, took, git(p.folder, "checkout", "--quiet", ".")
}

func git(folder string, words ...string) error {
	words = append([]string{"-C", folder, "-c", "user.name=gateproof", "-c", "user.email=gateproof@example.org"}, words...)
	if said, err := exec.Command("git", words...).CombinedOutput(); err != nil { //nolint:gosec // our own words
		return fmt.Errorf("git %s: %w: %s", strings.Join(words, " "), err, said)
	}
	return nil
}
