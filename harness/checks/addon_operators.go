package checks

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

var addonOperators = contract.Check{
	Name: "addon/operators",
	True: "the operators that the target file names return FINISHED without a window and have their effect; no poll() raises",
	Why: "In background mode area, region and space_data are None, and an operator that wants one cannot run there. One that says FINISHED and " +
		"has done nothing is worse: nobody looks.",
	How: "In a Blender of its own all operators that it registers are polled in eight situations (a mesh, edit mode, a curve, ...). Those of the " +
		"target file (operators) are run in a fresh file with their arguments, and the file, object or value that must come of it is looked for.",
	Fix: "Let poll() say what it needs without raising, and take from bpy.data and the arguments what the work needs:\n" +
		"    @classmethod\n" +
		"    def poll(cls, context):\n" +
		"        return context.object is not None and context.object.type == \"MESH\"",
	Hosted: contract.OnlyHosted,
	Asks:   contract.OwnLives,
	Run:    judgeOperators,
}

// operated is the result of pyaddon/hosted/operators.py.
type operated struct {
	Enable    *switched     `json:"enable"`
	Operators []polled      `json:"operators"`
	Runs      []operatorRun `json:"runs"`
}

// polled is what became of asking one operator.
type polled struct {
	Idname    string   `json:"idname"`
	Place     string   `json:"place"`
	Can       bool     `json:"can"`
	Wants     []string `json:"wants"`
	Error     string   `json:"error"`
	Traceback string   `json:"traceback"`
}

// operatorRun is what became of running one.
type operatorRun struct {
	Idname    string   `json:"idname"`
	Returned  []string `json:"returned"`
	Error     string   `json:"error"`
	Traceback string   `json:"traceback"`
	Missing   string   `json:"missing"`
	Printed   []string `json:"printed"`
	OK        bool     `json:"ok"`
}

// situations are the words of operators[].in as the script calls them.
var situations = map[string]string{
	"mesh": "a mesh, object mode", "edit-mesh": "a mesh, edit mode", "two-meshes": "two meshes", "curve": "a curve",
	"edit-curve": "a curve, edit mode", "pose": "an armature, pose mode", "camera": "a camera", "nothing": "nothing selected",
}

// toRun is the target's list as the script takes it.
func toRun(list []target.Operator) (string, error) {
	wanted := []map[string]any{}
	for _, one := range list {
		effect := map[string]string{}
		for key, text := range map[string]string{"file": one.Effect.File, "object": one.Effect.Object, "true": one.Effect.Expression} {
			if text != "" {
				effect[key] = text
			}
		}
		run := map[string]any{"idname": one.Idname, "effect": effect, "in": situations[one.In], "before": one.Before}
		if one.With != "" {
			run["args"] = json.RawMessage(one.With)
		}
		wanted = append(wanted, run)
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		return "", fmt.Errorf("write operators of the target file: %w", err)
	}
	return string(text), nil
}

// judgeOperators runs those that the target file names, and reports what the others want.
func judgeOperators(ctx context.Context, s *contract.Session) report.Result {
	wanted, err := toRun(s.Target().Operators)
	if err != nil {
		return contract.FromError(err)
	}
	var seen operated
	run, err := runHosted(ctx, s, "operators.py", []string{s.Target().Module, hostedResult, "--run", wanted}, &seen)
	if err != nil {
		return contract.FromError(err)
	}
	if result, stop := notEnabled(seen.Enable); stop {
		return result
	}
	var wrong, raised, able, unable, evidence, traces []string
	why := ""
	for _, one := range seen.Runs {
		if !one.OK {
			why = cmp.Or(why, undone(one.Error, one.Missing))
		}
		switch {
		case one.Error != "":
			wrong = append(wrong, fmt.Sprintf("%s raised %s", one.Idname, one.Error))
			evidence = append(evidence, lines(one.Traceback)...)
		case one.OK:
		case one.Missing != "":
			wrong = append(wrong, fmt.Sprintf("%s returned %s, and its effect is missing: %s", one.Idname, strings.Join(one.Returned, ", "), one.Missing))
		default:
			wrong = append(wrong, fmt.Sprintf("%s returned %s", one.Idname, strings.Join(one.Returned, ", ")))
		}
		for _, text := range one.Printed {
			evidence = append(evidence, lines(text)...)
		}
	}
	for _, one := range seen.Operators {
		switch {
		case one.Error != "" && !slices.ContainsFunc(one.Wants, ofWindow):
			raised = append(raised, fmt.Sprintf("the poll of %s raised %s", one.Idname, one.Error))
			traces = append(traces, lines(one.Traceback)...)
		case one.Can:
			able = append(able, one.Idname)
		default:
			unable = append(unable, fmt.Sprintf("%s wants %s", one.Idname, strings.Join(one.Wants, " or ")))
		}
	}
	if run.At != "end" {
		wrong, why = append(wrong, fmt.Sprintf("in the step %q Blender %s", run.At, endOf(run))), cmp.Or(why, "running it ends Blender, or it does not return")
	}
	listed := append([]string{"can run without a window: " + orNone(able)}, unable...)
	figure := fmt.Sprintf("%d of %d operators can run without a window", len(able), len(seen.Operators))
	if n := len(seen.Runs); n > 0 {
		figure = fmt.Sprintf("%d were run and had their effect; %s", n, figure)
	}
	switch {
	case len(wrong) > 0:
		result := contract.Failed(strings.Join(wrong, "; "), why, append(evidence, listed...)...)
		result.Fix = "Do the work from bpy.data and the arguments, not by what a window shows, and say when it cannot be done:\n" +
			"    def execute(self, context):\n" +
			"        thing = bpy.data.objects.get(self.name)\n" +
			"        if thing is None:\n" +
			"            self.report({\"ERROR\"}, \"no object \" + self.name)\n" +
			"            return {\"CANCELLED\"}\n" +
			"Where it waits for what background mode never has, a timer, modal() or a redraw, do it at once if bpy.app.background."
		return result
	case len(raised) > 0:
		more := ""
		if len(raised) > 3 {
			more = fmt.Sprintf("; and %d more", len(raised)-3)
		}
		return contract.Warned(strings.Join(raised[:min(len(raised), 3)], "; ")+more, "poll() does not look whether what it asks is there; Blender prints that at every redraw and takes it for a yes", append(traces, listed...)...)
	case len(seen.Operators) == 0:
		return contract.Passed("it registers no operator")
	}
	if len(unable) > 0 {
		figure += "; " + unable[0]
	}
	return contract.Passed(figure+crashNote(run), listed...)
}

// undone is why an operator that was run has not done its work.
func undone(raised, missing string) string {
	switch {
	case raised != "":
		return "its code raised: " + raised
	case missing != "":
		return "it came to its end without that work; perhaps it does it only in a window, or leaves it to a timer"
	}
	return "it says itself that it has not done it"
}

// ofWindow says whether a poll wants what only a window has. One that raises for
// want of it is called in a window alone, where it is there.
func ofWindow(want string) bool {
	return slices.Contains([]string{"context.area", "context.region", "context.space_data", "context.region_data"}, want)
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
