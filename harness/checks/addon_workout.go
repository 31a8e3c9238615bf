package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var addonWorkout = contract.Check{
	Name: "addon/workout",
	True: "through a day's work (new file, open, save, append, undo, frames, dependency graph, render, factory settings) nothing of it raises, and the scene stays whole",
	Why:  "Handlers and timers run when files are opened, frames change and pictures are rendered. Blender prints what they raise, goes on without their work, and exits 0.",
	How: "A Blender of its own works through these steps with the add-on enabled. A traceback with a line of the add-on's in it fails, and so " +
		"does a step that fails, a scene that is not whole or a crash; what comes without the add-on too is left out.",
	Fix: "A handler gets what is there at the time: after opening a file all old references are dead, and in background mode there is no area.\n" +
		"    @persistent\n" +
		"    def on_load(path):\n" +
		"        scene = bpy.data.scenes[0]       # by name or index, each time anew\n" +
		"        thing = scene.objects.get(\"Name\")\n" +
		"        if thing is None:\n" +
		"            return",
	Hosted: contract.OnlyHosted,
	Asks:   contract.OwnLives,
	Run:    judgeWorkout,
}

// workout is the result of pyaddon/hosted/workout.py.
type workout struct {
	Enable *switched `json:"enable"`
	Steps  []worked  `json:"steps"`
	Whole  bool      `json:"whole"`
}

// worked is one of its steps.
type worked struct {
	Step       string   `json:"step"`
	OK         bool     `json:"ok"`
	Error      string   `json:"error"`
	Skipped    string   `json:"skipped"`
	Tracebacks []traced `json:"tracebacks"`
	Faults     []string `json:"faults"`
}

// traced is a traceback that was printed or raised; Own lists the add-on's files in it.
type traced struct {
	Error string `json:"error"`
	Text  string `json:"text"`
	Own   []any  `json:"own"`
}

// unregistering says whether it comes from Blender's disabling the add-on, as for
// factory settings.
func (t traced) unregistering() bool {
	return addonDisables.MatchString(t.Text)
}

// offline says whether it was raised because the network, or a host in it, is not
// reached: a lack of the machine, most often.
func (t traced) offline() bool {
	return unreachable.MatchString(t.Error)
}

var (
	addonDisables = regexp.MustCompile(`addon_utils\.py", line \d+, in disable\b`)
	unreachable   = regexp.MustCompile(`^(\w+\.)*(URLError|gaierror|NewConnectionError|MaxRetryError|NameResolutionError|ConnectionError|ConnectTimeout|ClientConnectorError)\b.*` +
		`(Name or service not known|Temporary failure in name resolution|Network is unreachable|getaddrinfo failed|No route to host|nodename nor servname|NameResolutionError|Max retries exceeded)`)
)

// more says that there are more things than were named; "" where there are none.
func more(n int) string {
	if n < 1 {
		return ""
	}
	return fmt.Sprintf("; and %d more", n)
}

// workedAlone is what the workout shows without any add-on: the text of the result.
var workedAlone = contract.Fact[[]byte]{Name: "the workout without the add-on", OfMachine: true, Make: func(ctx context.Context, s *contract.Session) ([]byte, error) {
	var seen json.RawMessage
	run, err := runHosted(ctx, s, "workout.py", []string{hostedResult}, &seen)
	if err == nil && run.At != "end" {
		err = fmt.Errorf("%w: the workout without the add-on did not come to its end: in the step %q Blender %s", harness.ErrMachine, run.At, endOf(run))
	}
	return seen, err
}}

// judgeWorkout works through the steps with the add-on, and compares.
func judgeWorkout(ctx context.Context, s *contract.Session) report.Result {
	base, err := workedAlone.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	var alone, seen workout
	_ = json.Unmarshal(base, &alone) // it was decoded once already
	leave := harness.Prepare(func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "scratch", "without.json"), base, 0o644)
	})
	run, err := runHosted(ctx, s, "workout.py", []string{s.Target().Module, hostedResult, "--without", "{dir}/scratch/without.json"}, &seen, leave)
	if err != nil {
		return contract.FromError(err)
	}
	if result, stop := notEnabled(seen.Enable); stop {
		return result
	}
	var wrong, foreign, offline, evidence []string
	raised := map[string][]string{} // the steps, by what was raised in them
	var order []string
	for i, step := range seen.Steps {
		for _, one := range step.Tracebacks {
			if one.unregistering() {
				continue // tidy/cycle judges that
			}
			if one.offline() {
				offline = append(offline, fmt.Sprintf("in the step %q it raised %s", step.Step, one.Error))
				continue
			}
			if len(one.Own) == 0 {
				foreign = append(foreign, fmt.Sprintf("in the step %q: %s", step.Step, one.Error))
				continue
			}
			if raised[one.Error] == nil {
				order = append(order, one.Error)
				evidence = append(evidence, lines(one.Text)...)
			}
			if step := strconv.Quote(step.Step); !slices.Contains(raised[one.Error], step) {
				raised[one.Error] = append(raised[one.Error], step)
			}
		}
		for _, fault := range step.Faults {
			wrong = append(wrong, fmt.Sprintf("after the step %q: %s", step.Step, fault))
		}
		if !step.OK && len(step.Tracebacks) == 0 && i < len(alone.Steps) && alone.Steps[i].OK {
			wrong = append(wrong, fmt.Sprintf("the step %q fails with it: %s", step.Step, step.Error))
		}
	}
	for _, what := range order {
		steps := raised[what]
		wrong = append(wrong, fmt.Sprintf("in the step%s %s it raised %s", map[bool]string{true: "s"}[len(steps) > 1], strings.Join(steps, ", "), what))
	}
	why := "what it does at this event does not work in background mode, or counts on what is not there any more"
	if run.At != "end" {
		said := fmt.Sprintf("in the step %q Blender %s", run.At, endOf(run))
		wrong = append([]string{said}, wrong...)
		if run.exit != nil {
			_, why = explain.Ended(run.life.Facts(ctx))
		} else {
			why = "what it does at this event never ends in background mode"
		}
	}
	if len(wrong) > 0 {
		return contract.Failed(strings.Join(wrong[:min(len(wrong), 3)], "; ")+more(len(wrong)-3), why, evidence...)
	}
	if len(offline) > 0 {
		warned := contract.Warned(offline[0]+more(len(offline)-1), "it asks the network for something, which this machine does not reach, and does not catch that")
		warned.Fix = "Catch it where the network is asked, and go on without: except OSError (urllib.error.URLError is one). Blender 4.2 and later say in bpy.app.online_access whether one may ask."
		return warned
	}
	passed := contract.Passed(fmt.Sprintf("%d steps, no traceback of its own, the scene is whole%s", len(seen.Steps), crashNote(run)))
	if len(foreign) > 0 {
		passed.Remark = "a traceback that is not there without it, and no line of its own in it: " + foreign[0]
	}
	return passed
}
