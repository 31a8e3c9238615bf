package gate

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
)

// life draws the figures of one life: as they were seen on a machine of 2 cores,
// with the noise of launch to launch, and a mood of the machine that falls on all
// of a round.
func life(random *rand.Rand, mood float64) Round {
	draw := func(typical, spread float64) float64 { return typical * mood * (1 + spread*random.NormFloat64()) }
	return Round{
		"ready": draw(0.9, 0.05), "echo": draw(0.08, 0.04), "exec": draw(0.11, 0.04), "requests": draw(9000, 0.05) / mood / mood,
		"idle-cpu": draw(0.3, 0.05), "idle-wakeups": draw(20, 0.05), "memory": 150 + random.NormFloat64(),
		"memory-per-1000": 0.05 * random.NormFloat64(), "stop": draw(50, 0.1),
	}
}

// rounds are what a gate measures: base, head and control in turns. plant changes
// the head.
func rounds(random *rand.Rand, n int, plant func(Round)) (base, head, control []Round) {
	for range n {
		mood := 1 + random.Float64() // up to twice as slow
		one, other, again := life(random, mood), life(random, mood), life(random, mood)
		if plant != nil {
			plant(other)
		}
		base, head, control = append(base, one), append(head, other), append(control, again)
	}
	return base, head, control
}

func TestTheSameIsNeverWorseByChance(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // figures, no secrets
	alarms := 0
	for range 1000 {
		for _, c := range Compare(rounds(random, 5, nil)) {
			if c.Word == Worse {
				alarms++
			}
		}
	}
	if alarms > 10 {
		t.Errorf("%d false alarms in 1000 gates", alarms)
	}
}

func TestWhatIsPlantedIsFoundOnACalmMachine(t *testing.T) {
	for name, plant := range map[string]func(Round){
		"echo":            func(r Round) { r["echo"] *= 1.25 },
		"idle-cpu":        func(r Round) { r["idle-cpu"] *= 2 },
		"stop":            func(r Round) { r["stop"] += 50 },
		"memory-per-1000": func(r Round) { r["memory-per-1000"] += 1 },
		"requests":        func(r Round) { r["requests"] *= 0.7 },
	} {
		random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // figures, no secrets
		found := 0
		for range 100 {
			var base, head, control []Round
			for range 5 {
				one, other := life(random, 1), life(random, 1)
				plant(other)
				base, head, control = append(base, one), append(head, other), append(control, life(random, 1))
			}
			for _, c := range Compare(base, head, control) {
				if c.Metric.Name == name && c.Word == Worse {
					found++
				}
			}
		}
		if found < 90 {
			t.Errorf("%s was found %d times of 100", name, found)
		}
	}
}

// series are rounds with one figure.
func series(name string, values ...float64) []Round {
	var list []Round
	for _, value := range values {
		list = append(list, Round{name: value})
	}
	return list
}

func TestEachWordHasItsCase(t *testing.T) {
	base := series("stop", 50, 51, 52, 53, 54)
	for _, test := range []struct {
		word Word
		head []Round
	}{
		{Same, series("stop", 60, 61, 62, 63, 64)}, // below the floor of 20 ms
		{Worse, series("stop", 100, 101, 102, 103, 104)},
		{Better, series("stop", 10, 11, 12, 13, 14)},
		{Inconclusive, series("stop", 30, 52, 100, 101, 102)},
		{Inconclusive, series("stop", 100, 101, 102)}, // too few rounds to be sure
		{NotComparable, nil},
	} {
		if got := Compare(base, test.head, nil)[0]; got.Word != test.word {
			t.Errorf("%v: %s, want %s (p %g)", test.head, got.Word, test.word, got.P)
		}
	}
	busy := series("stop", 100, 101, 102, 103, 104)
	if got := Compare(base, busy, busy)[0]; got.Word != Inconclusive || !strings.Contains(got.Note, "too busy") {
		t.Errorf("the control differs as the head does, and yet: %s", got.Word)
	}
	if got := Compare(series("requests", 100, 101, 102, 103, 104), series("requests", 50, 51, 52, 53, 54), nil)[0]; got.Word != Worse {
		t.Errorf("fewer requests are %s", got.Word)
	}
}

func record(rounds []Round, checks map[string]report.Verdict) *Record {
	return &Record{Head: report.Head{Target: "x", Machine: report.Machine{OS: "linux", Arch: "amd64", CPU: "c", CPUs: 2}, Blender: report.Blender{Version: "3.4.1"}}, Rounds: rounds, Checks: checks}
}

func TestALostCheckIsARegressionAndAKnownFailureIsNot(t *testing.T) {
	o := Judge(
		record(nil, map[string]report.Verdict{"a/lost": report.Pass, "a/known": report.Fail, "a/open": report.Pass, "a/fine": report.Fail}),
		record(nil, map[string]report.Verdict{"a/lost": report.Fail, "a/known": report.Fail, "a/open": report.Skip, "a/fine": report.Pass, "a/new": report.Fail}), nil)
	if got := fmt.Sprint(o.Regressions(), o.Known, o.Open); got != "[a/lost fails a/new fails] [a/known] [a/open]" {
		t.Error(got)
	}
}

func TestFiguresOfAnotherMachineDoNotCompare(t *testing.T) {
	one, other := record(series("stop", 50, 51, 52, 53, 54), nil), record(series("stop", 100, 101, 102, 103, 104), nil)
	other.Machine.CPU = "another"
	o := Judge(one, other, nil)
	if o.Comparisons[0].Word != NotComparable || len(o.Regressions()) > 0 || !strings.Contains(o.Table(), "another processor") {
		t.Error(o.Table())
	}
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	folder := t.TempDir()
	if err := record(series("stop", 50), map[string]report.Verdict{"a/b": report.Pass}).Write(filepath.Join(folder, FileName)); err != nil {
		t.Fatal(err)
	}
	read, err := Read(folder)
	if err != nil || read.Rounds[0]["stop"] != 50 || read.Checks["a/b"] != report.Pass {
		t.Errorf("%+v %v", read, err)
	}
	if text := read.Benchmarks(); !strings.Contains(text, "BenchmarkTarget/stop 1 50 ms\n") {
		t.Error(text)
	}
}
