package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

var jobPythonError = contract.Check{
	Name: "job/python-error",
	True: "a Python error in the job gives another exit code than 0, and nothing looks finished",
	Why: "Blender prints what a script raised and ends with 0: make, the CI and the farm say success, and nobody looks. " +
		"An error in a handler during a render is printed for each frame, and the render goes on.",
	How: "The job is run once to note its own functions and the operators it calls. Then it is run again for each of up to four places, and an error is raised there: " +
		"in its first function, in its last, in its last operator, in a handler. An error that the job catches and makes good, so that its whole effect is there, is none.",
	Fix:    fixExitCode,
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgePythonError,
}

const (
	fixExitCode = "Give Blender --python-exit-code, in front of --python; behind it, it does nothing:\n" +
		"    blender -b --python-exit-code 1 --python job.py        # launch: {flags: [--python-exit-code, \"1\"]}"
	fixSwallowed = "Do not end well after an error that was caught:\n" +
		"    try: main()\n" +
		"    except Exception:\n" +
		"        traceback.print_exc()\n" +
		"        sys.exit(1)"
	fixHandler = "Blender prints what a handler raises and goes on: keep it, and end by it when the render is done:\n" +
		"    def on_frame(scene, *_):\n" +
		"        try: work(scene)\n" +
		"        except Exception as error: errors.append(error)\n" +
		"    bpy.ops.render.render(animation=True)\n" +
		"    if errors: sys.exit(\"a handler failed: %s\" % errors[0])"
	fixHalf = "Write to a name of your own, and rename when it is whole:\n" +
		"    with open(path + \".part\", \"w\") as out: ...\n" +
		"    os.replace(path + \".part\", path)"
)

// spot is a place of the job's own code, as probes/bgcheck_plant.py notes it.
type spot struct {
	Kind    string `json:"kind"` // function, operator or raised
	File    string `json:"file"`
	Name    string `json:"name"`
	First   int    `json:"first"`
	Line    int    `json:"line"`
	Handler string `json:"handler"`
	Setup   bool   `json:"setup"`
}

func (p spot) String() string {
	at := ""
	if p.File != "" {
		at = fmt.Sprintf(" (%s:%d)", filepath.Base(p.File), p.Line)
	}
	switch {
	case p.Kind == "operator":
		return "in the operator " + p.Name + at
	case p.Handler != "":
		return fmt.Sprintf("in %s(), called by the handler %s%s", p.Name, p.Handler, at)
	case p.Name == "<module>":
		return "in the script" + at
	}
	return "in " + p.Name + "()" + at
}

func judgePythonError(ctx context.Context, s *contract.Session) report.Result {
	clean, err := cleanRun.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	if clean.good() && len(clean.ended) > 0 {
		return byItself(ctx, s, clean)
	}
	if clean, wrong := wellRun(ctx, s); wrong != nil {
		return *wrong
	} else if places, err := placesToPlant(ctx, s); err != nil {
		return contract.FromError(err)
	} else if len(places) == 0 {
		return contract.Skipped("the target has no Python of its own in this job: nothing to plant an error in")
	} else {
		return plantAll(ctx, s, clean, places)
	}
}

// byItself is the result for a job that raises without being made to.
func byItself(ctx context.Context, s *contract.Session, clean *jobRun) report.Result {
	raised := told(clean.ended[0])
	result := contract.Failed("the job raised "+raised+" and ended with exit code 0", "Blender prints what a script raises and ends with 0")
	result.Fix = remedy(ctx, s, contract.JobTweaks{})
	return result
}

// exitCodeFix is fixExitCode with the job's own command line.
func exitCodeFix(t *target.Target) string {
	words := []string{"blender", "-b", "--python-exit-code", "1"}
	j := t.Job
	if j.Blend != "" {
		words = append(words, filepath.Base(j.Blend))
	}
	how := ""
	switch {
	case t.Launch.Script != "":
		how = "--python"
		words = append(words, how, filepath.Base(t.Launch.Script))
	case j.Expr != "":
		how = "--python-expr"
		words = append(words, how, "...")
	case j.Text != "":
		how = "--python-text"
		words = append(words, how, j.Text)
	}
	if how == "" {
		return fixExitCode
	}
	return "Give Blender --python-exit-code, in front of " + how + "; behind it, it does nothing:\n" +
		"    " + instance.Quote(words...) + "\n" +
		"    launch: {flags: [--python-exit-code, \"1\"]}        # in the target file"
}

// remedy is --python-exit-code, and whether it was seen to help.
func remedy(ctx context.Context, s *contract.Session, tweaks contract.JobTweaks) string {
	fix := exitCodeFix(s.Target())
	tweaks.Flags = []string{"--python-exit-code", "1"}
	run, err := runJob(ctx, s, tweaks)
	switch {
	case err != nil:
		return fix
	case run.good():
		return fixSwallowed
	}
	return fix + fmt.Sprintf("\nTried: with it the job ends with exit code %d.", run.exit.Code)
}

// plantAll raises an error in one place after the other.
func plantAll(ctx context.Context, s *contract.Session, clean *jobRun, places []spot) report.Result {
	var good, evidence []string
	for _, place := range places {
		tweaks, err := plant(ctx, s, &place)
		if err != nil {
			return contract.FromError(err)
		}
		run, err := runJob(ctx, s, tweaks)
		if err != nil {
			return contract.FromError(err)
		}
		if !slices.ContainsFunc(spots(ctx, run.life), func(p spot) bool { return p.Kind == "raised" }) {
			evidence = append(evidence, fmt.Sprintf("%s: not come to", place))
			continue
		}
		seen, why, fix, err := afterPlant(ctx, s, clean, run, place)
		if err != nil {
			return contract.FromError(err)
		}
		if seen != "" {
			result := contract.Failed(seen, why, evidence...)
			if result.Fix = fix; fix == fixExitCode {
				result.Fix = remedy(ctx, s, tweaks)
			}
			return result
		}
		good = append(good, fmt.Sprintf("%s: %s", place, run.how(s)))
	}
	if len(good) == 0 {
		return contract.Undecided("no error could be planted: the job runs otherwise each time", evidence...)
	}
	return contract.Passed(strings.Join(good, "; "), append(evidence, good...)...)
}

// afterPlant judges a run in which an error was raised; seen is empty when it went as
// it should.
func afterPlant(ctx context.Context, s *contract.Session, clean, run *jobRun, place spot) (seen, why, fix string, err error) {
	if run.late {
		return fmt.Sprintf("an error %s, and %s", place, run.how(s)), "what it waits for does not come after the error", fixSwallowed, nil
	}
	if !run.good() {
		half, err := halves(ctx, s, clean, run)
		if len(half) > 0 {
			return fmt.Sprintf("after an error %s: %s", place, strings.Join(half, "; ")),
				"the file is written under its final name, and looks finished when the job breaks off", fixHalf, err
		}
		return "", "", "", err
	}
	escaped := slices.ContainsFunc(run.life.Saw(ctx, "raised"), func(e explain.Event) bool {
		return e.Message == plantedMessage && (e.Outer == "<module>" || place.Handler != "" && place.Kind == "function")
	})
	missing, err := lacks(ctx, s, run)
	if err != nil || !escaped && len(missing) == 0 {
		return "", "", "", err
	}
	seen = fmt.Sprintf("an error %s, and exit code 0", place)
	if len(missing) > 0 {
		seen += "; " + strings.Join(missing[:min(2, len(missing))], "; ")
	}
	switch {
	case place.Handler != "":
		return seen, "Blender prints what a handler raises, and goes on", fixHandler, nil
	case len(run.ended) > 0:
		return seen, "Blender prints what a script raises and ends with 0", fixExitCode, nil
	}
	return seen, "the job catches the error, and ends as if the work were done", fixSwallowed, nil
}

// plantedMessage is what probes/bgcheck_plant.py raises.
const plantedMessage = "planted by bgcheck"

// plant is a run that notes the job's places, or raises at one.
func plant(ctx context.Context, s *contract.Session, at *spot) (contract.JobTweaks, error) {
	folder, err := scripts.Of(ctx, s)
	if err != nil {
		return contract.JobTweaks{}, err
	}
	order, err := json.Marshal(map[string]any{"out": "{scratch}/plant.jsonl", "expr": s.Target().Job.Expr != "", "at": at})
	if err != nil {
		return contract.JobTweaks{}, err
	}
	return contract.JobTweaks{More: []harness.Option{
		harness.Addon(filepath.Join(folder, "bgcheck_plant.py"), "bgcheck_plant"),
		harness.Env("BGCHECK_PLANT", string(order)),
	}}, nil
}

// spots are what was noted in a run.
func spots(ctx context.Context, life *contract.Life) []spot {
	text, _ := life.ReadScratch(ctx, "plant.jsonl") // none: nothing was noted
	var found []spot
	for line := range strings.Lines(string(text)) {
		var one spot
		if json.Unmarshal([]byte(line), &one) == nil {
			found = append(found, one)
		}
	}
	return found
}

// placesToPlant chooses up to four places of those that the job comes to.
func placesToPlant(ctx context.Context, s *contract.Session) ([]spot, error) {
	tweaks, err := plant(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	run, err := runJob(ctx, s, tweaks)
	if err != nil {
		return nil, err
	}
	var functions, operators, inHandlers, modules []spot
	for _, p := range spots(ctx, run.life) {
		switch {
		case p.Setup:
		case p.Kind == "operator":
			operators = append(operators, p)
		case p.Handler != "":
			inHandlers = append(inHandlers, p)
		case p.Name == "<module>":
			modules = append(modules, p)
		case p.Kind == "function":
			functions = append(functions, p)
		}
	}
	// They are noted as they return: the first is the deepest of the first call, and
	// the last that of the outermost.
	if len(functions) == 0 {
		functions = modules
	}
	var chosen []spot
	for _, list := range [][]spot{functions, operators, inHandlers} {
		if len(list) > 0 {
			chosen = append(chosen, list[len(list)-1])
		}
	}
	if len(functions) > 1 {
		chosen = append([]spot{functions[0]}, chosen...)
	}
	return chosen, nil
}
