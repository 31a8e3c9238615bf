package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// seenTruth is one line of truth_all.py: what plain Blender did with an add-on.
type seenTruth struct {
	Addon       string   `json:"addon"`
	Preferences plainWay `json:"preferences"`
	Addons      plainWay `json:"addons"`
}

// plainWay is one way of enabling it.
type plainWay struct {
	Status  *int                 `json:"status"`
	AtStart []bool               `json:"at_start"`
	Steps   map[string]plainStep `json:"steps"`
}

type plainStep struct {
	Raised []string            `json:"raised"`
	Check  []bool              `json:"check"`
	Later  map[string][]string `json:"later"`
}

// readTruth reads the lines by add-on.
func readTruth(file string) (map[string]seenTruth, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the truth: %w", err)
	}
	defer func() { _ = in.Close() }()
	found := map[string]seenTruth{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one seenTruth
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, fmt.Errorf("read the truth: %w", err)
		}
		found[one.Addon] = one
	}
	return found, lines.Err()
}

// running are the kinds that go on when an add-on is disabled.
var running = []string{"handlers", "timers", "threads", "sockets", "modal", "messages", "drawing"}

// expects is what each check must say of an add-on by what plain Blender did.
func (t seenTruth) expects() map[string]report.Verdict {
	want := map[string]report.Verdict{"start/enabled": report.Pass, "start/by-flag": report.Pass, "tidy/cycle": report.Pass}
	p := t.Preferences
	if first := p.Steps["enable1"]; len(first.Check) < 2 || !first.Check[1] {
		return map[string]report.Verdict{"start/enabled": report.Fail, "start/by-flag": report.Skip, "tidy/cycle": report.Skip}
	}
	for kind, left := range p.Steps["left2"].Later {
		left = slices.DeleteFunc(slices.Clone(left), blendersOwn)
		switch {
		case len(left) == 0:
		case slices.Contains(running, kind):
			want["tidy/cycle"] = report.Fail
		case want["tidy/cycle"] == report.Pass:
			want["tidy/cycle"] = report.Warn
		}
	}
	for _, step := range []string{"disable1", "enable2", "disable2"} {
		if len(p.Steps[step].Raised) > 0 {
			want["tidy/cycle"] = report.Fail
		}
	}
	if p.Status == nil || *p.Status != 0 {
		want["tidy/cycle"] = report.Fail
	}
	// It was enabled at the start, and disabled then.
	if a := t.Addons; len(a.AtStart) < 2 || !a.AtStart[1] || len(a.Steps["disable_first"].Raised) > 0 {
		want["start/by-flag"] = report.Warn
	}
	return want
}

// blendersOwn says whether what is left is Blender's own, whichever add-on was there when
// it came: addon_utils puts handlers of its own in place when it first reads the
// repositories, which a Blender without bl_pkg never does.
func blendersOwn(left string) bool { return strings.Contains(left, ": addon_utils.") }

// compare says where verdicts differ from the truth: false alarms and misses.
func (t seenTruth) compare(r row) (alarms, misses []string) {
	rank := map[report.Verdict]int{report.Pass: 0, report.Skip: 0, report.Warn: 1, report.Fail: 2}
	for _, result := range r.Results {
		want, known := t.expects()[result.Name]
		if !known || result.Verdict == report.Inconclusive {
			continue
		}
		said := fmt.Sprintf("%s: %s is %s, in plain Blender it is %s (%s)", r.Addon, result.Name, result.Verdict, want, strings.Split(result.Seen, "\n")[0])
		switch {
		case rank[result.Verdict] > rank[want]:
			alarms = append(alarms, said)
		case rank[result.Verdict] < rank[want]:
			misses = append(misses, said)
		}
	}
	return alarms, misses
}
