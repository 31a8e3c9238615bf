package checks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/pyaddon"
)

// scripted is what every script of pyaddon/hosted writes of itself.
type scripted struct {
	At     string `json:"at"`     // the step it was in; "end" when nothing is missing
	Broken string `json:"broken"` // a traceback of ours
}

// switched is one step of enabling or disabling an add-on.
type switched struct {
	Step      string   `json:"step"`
	OK        bool     `json:"ok"`
	Error     string   `json:"error"`
	Traceback string   `json:"traceback"`
	Printed   []string `json:"printed"`
	Requires  []wants  `json:"requires"`
}

// wants is what must be there and is not: a "module", an "add-on", or its own
// "entry" in the preferences.
type wants struct{ Kind, Name string }

// thing is what an add-on has left, or the line that a fault comes from.
type thing struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Place string `json:"place"` // file:line as Blender sees it, or ""
	Times int    `json:"times"`
}

// String names it as evidence does: what, how often, and where it comes from.
func (t thing) String() string {
	text := t.short()
	if t.Place != "" {
		text += " (at " + t.Place + ")"
	}
	return text
}

func (t thing) short() string {
	text := t.Kind + " " + t.Name
	if t.Times > 1 {
		text += fmt.Sprintf(" (%d times)", t.Times)
	}
	return text
}

// scriptTime is what a script of pyaddon/hosted may take beyond the ready budget.
const scriptTime = 60 * time.Second

// ran is how a Blender with a script of pyaddon/hosted ended.
type ran struct {
	life *contract.Life
	exit *harness.Exit // nil: it had to be killed
	scripted
}

// crashed says whether a signal ended it.
func (r ran) crashed() bool { return r.exit != nil && r.exit.Signal != nil }

// runHosted runs a script of pyaddon/hosted in a Blender of its own, with the
// target's add-on installed and not enabled, and decodes what it wrote into
// result. args stand behind the options that the script takes first. The error is
// for contract.FromError.
func runHosted(ctx context.Context, s *contract.Session, script string, args []string, result any, more ...harness.Option) (ran, error) {
	return runScript(ctx, s, script, args, result, append(s.Options(contract.Tweaks{Disabled: true}), more...)...)
}

// runScript is runHosted with these options alone: nothing of the target is there.
func runScript(ctx context.Context, s *contract.Session, script string, args []string, result any, more ...harness.Option) (ran, error) {
	const out = "hosted.json"
	options := append(slices.Clone(more), harness.Prepare(copyHosted), // after the target's own script, which it replaces
		harness.Script("{dir}/run/hosted/"+script, args...))
	life, err := s.Start(ctx, options...)
	if err != nil {
		return ran{}, err
	}
	seen := ran{life: life}
	limited, cancel := context.WithTimeout(ctx, s.Target().Budgets.Ready+scriptTime)
	defer cancel()
	hunger := life.Hunger()
	seen.exit, err = life.Wait(limited)
	if seen.exit == nil && ctx.Err() != nil {
		return seen, fmt.Errorf("run %s: %w", script, err)
	}
	if seen.exit == nil {
		if busy := hunger.Starved(); busy != nil {
			return seen, fmt.Errorf("run %s: %w", script, busy)
		}
		_, _ = life.Kill(ctx)
	}
	text, err := life.ReadScratch(ctx, out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return seen, fmt.Errorf("run %s: it wrote no result; Blender %s", script, endOf(seen))
	case err != nil:
		return seen, fmt.Errorf("run %s: it wrote no result: %w", script, err)
	}
	if err = json.Unmarshal(text, &seen.scripted); err == nil {
		err = json.Unmarshal(text, result)
	}
	switch {
	case err != nil:
		return seen, fmt.Errorf("run %s: read its result: %w", script, err)
	case seen.Broken != "":
		return seen, fmt.Errorf("run %s: bgcheck's own script broke: %s\n%s", script, explain.LastLine(seen.Broken), seen.Broken)
	}
	return seen, nil
}

// hostedResult is the argument for the file that a script writes.
const hostedResult = "{dir}/scratch/hosted.json"

func endOf(r ran) string {
	if r.exit == nil {
		return "had to be killed"
	}
	return explain.HowEnded(r.exit)
}

// copyHosted puts the scripts into an instance's folder.
func copyHosted(dir string) error {
	files, err := fs.Sub(pyaddon.FS, "hosted")
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, "run", "hosted"), files)
	}
	if err != nil {
		return fmt.Errorf("copy the scripts for hosted add-ons: %w", err)
	}
	return nil
}

// notEnabled is the skip of a check for which the add-on had to be enabled.
func notEnabled(step *switched) (report.Result, bool) {
	if step == nil || step.OK {
		return report.Result{}, false
	}
	return contract.Skipped(fmt.Sprintf("cannot be enabled: see start/enabled (%s)", step.Error)), true
}

// lines are a traceback's, for evidence.
func lines(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return strings.Split(strings.TrimSpace(text), "\n")
}

// things lists what was left, for a sentence and for evidence.
func things(left []thing) (short string, evidence []string) {
	var names []string
	for _, one := range left {
		names = append(names, one.short())
		evidence = append(evidence, one.String())
	}
	if len(names) > 4 {
		names = append(names[:4], fmt.Sprintf("and %d more", len(left)-4))
	}
	return strings.Join(names, ", "), evidence
}
