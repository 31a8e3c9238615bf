package checks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/edits"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startEnabled = contract.Check{
	Name: "start/enabled",
	True: "the add-on is enabled and its register() raised nothing",
	Why:  "Blender prints the traceback of a register() that raises, goes on without the add-on, and exits 0.",
	How:  "A witness script inside Blender notes what addon_utils.enable returned and what was raised in it.",
	Fix: "Let register() work in background mode: do there only what needs no window, and import optional modules where they are used.\n" +
		"Check the module's name in the target file (module), and the modules that it needs (requires).",
	OfLife: true,
	Hosted: contract.OfAddon,
	Works:  true,
	Run:    judgeStartEnabled,
}

// judgeStartEnabled reads what the witness saw of the add-on's register(). A target
// that is no use as a service can be judged by its one launch all the same.
func judgeStartEnabled(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Module == "" {
		return contract.Skipped("the target has no add-on")
	}
	var enabled []explain.Event
	var fault *contract.FaultError
	life, err := s.Shared(ctx)
	switch {
	case errors.As(err, &fault):
		enabled = fault.Enabled
		if len(enabled) == 0 && fault.Check == "start/ready" && s.Target().Enable != "script" {
			return contract.FromError(err) // Blender has not come to its add-ons, or hangs in this one: that is told once
		}
	case err != nil:
		return contract.FromError(err)
	default:
		enabled = life.Saw(ctx, "enable")
	}
	result := judgeEnabled(s, enabled)
	if fault != nil && result.Verdict == report.Fail {
		result.Evidence = append(result.Evidence, fault.Evidence...)
		result.Command = fault.Command
	}
	if result.Verdict == report.Fail {
		return nameMissing(ctx, s, result)
	}
	if t := s.Target(); life != nil && t.Launch.Script != "" {
		if in, hidden := hiddenByOurs(life.Facts(ctx).Events, t.Module); hidden {
			failed := contract.Failed(fmt.Sprintf("the launch script asked Blender to enable %q, which failed", in.Addon),
				fmt.Sprintf("it has another name, %s: here the add-on is enabled only because bgcheck has done it before the script; started by the script alone it is not", t.Module), lines(in.Traceback)...)
			failed.Fix = fmt.Sprintf("Enable it by the name of its module, and look at what comes back:\n"+
				"    if addon_utils.enable(%q, default_set=True) is None:\n"+
				"        sys.exit(\"the add-on cannot be enabled\")", t.Module)
			return failed
		}
	}
	if required := s.Target().RequiredModules(); len(required) > 0 && life != nil && s.Hosted() {
		names, _ := json.Marshal(required) // a list of texts is the same in Python
		seen, err := life.Run(ctx, "import importlib.util\n_bg['missing'] = [name for name in "+string(names)+" if importlib.util.find_spec(name) is None]")
		if missing, _ := seen["missing"].([]any); err == nil && len(missing) > 0 {
			return contract.Undecided(fmt.Sprintf("%v, which the target file requires, is not in this Blender: install it there, or give its path in requires", missing[0]))
		}
	}
	return result
}

// hiddenByOurs is the launch script's own attempt to enable the add-on under a name
// that is nearly the right one, where the script has not enabled it by the right one.
func hiddenByOurs(events []explain.Event, module string) (in explain.Event, hidden bool) {
	right := 0
	for _, e := range events {
		switch {
		case e.Event != "enable":
		case e.Addon == module && e.OK:
			right++
		case !e.OK && e.Addon != module && !strings.HasPrefix(e.Addon, "bl_ext.") && alike(e.Addon, module):
			in, hidden = e, true
		}
	}
	return in, hidden && right < 2 // the first is bgcheck's
}

// alike says whether one of two names of modules was probably meant for the other.
func alike(name, module string) bool {
	plain := func(text string) string {
		text = text[strings.LastIndexByte(text, '.')+1:]
		return strings.ReplaceAll(strings.ToLower(text), "-", "_")
	}
	name, module = plain(name), plain(module)
	return edits.Distance(name, module) <= min(2, len(module)/4)
}

// enabling is the result of pyaddon/hosted/enable.py.
type enabling struct {
	Factory bool       `json:"factory"`
	Steps   []switched `json:"steps"`
}

// nameMissing looks whether what an add-on failed for is a module or another
// add-on that is not there, and says which.
func nameMissing(ctx context.Context, s *contract.Session, result report.Result) report.Result {
	var seen enabling
	if _, err := runHosted(ctx, s, "enable.py", []string{s.Target().Module, hostedResult}, &seen); err != nil || len(seen.Steps) == 0 {
		return result // what was seen first stands
	}
	step := seen.Steps[0]
	if len(result.Evidence) == 0 {
		result.Evidence = lines(step.Traceback)
	}
	switch {
	case strings.Contains(step.Error, `bl_info["blender"]`):
		result.Diagnosis = `Blender refuses it without a word: its bl_info["blender"] names a Blender before 2.80`
		result.Fix = "Bring it to the interface of 2.80 and later, and then say so: bl_info = {..., \"blender\": (2, 80, 0)}"
		return result
	case incompatible.MatchString(step.Error):
		result.Diagnosis = "Blender refuses the extension: " + incompatible.FindStringSubmatch(step.Error)[1]
		result.Fix = "Where it speaks of Python or of the platform, it is a wheel that the manifest lists: bring one for each Python and platform that the\n" +
			"extension is for, or one for all (py3-none-any), and list them:\n" +
			"    wheels = [\"./wheels/thing-1.0-py3-none-any.whl\"]"
		return result
	}
	for _, one := range step.Requires {
		kind := map[string]string{"module": "the Python module", "add-on": "the add-on"}[one.Kind]
		if kind == "" {
			continue
		}
		if slices.Contains(s.Target().RequiredModules(), one.Name) {
			return contract.Undecided(fmt.Sprintf("%s %s, which the target file requires, is not in this Blender: install it there, or give its path in requires", kind, one.Name), result.Evidence...)
		}
		result.Diagnosis = fmt.Sprintf("it needs %s %s, which is not there (%s)", kind, one.Name, step.Error)
		result.Fix = fmt.Sprintf("Import it where it is used, and say so in a message, if the add-on can do without. If it cannot, say in the target file what must be there:\n"+
			"    requires: [%s]            # must be in this Blender, or the verdict is inconclusive\n"+
			"    requires: [../path/to/%s] # an add-on that is installed and enabled before it", one.Name, one.Name)
		if one.Kind == "add-on" {
			result.Fix += fmt.Sprintf("\n    bundled: [%s]             # comes with Blender and is enabled before it", one.Name)
		}
		return result
	}
	return result
}

// incompatible is how Blender 4.2 and later refuse an extension.
var incompatible = regexp.MustCompile(`Extension \S+ is incompatible \((.*)\)`)

func judgeEnabled(s *contract.Session, enabled []explain.Event) report.Result {
	if why := explain.NotEnabled(enabled); why != "" {
		result := contract.Failed("Blender reported that the add-on could not be enabled", why)
		for line := range strings.Lines(enabled[len(enabled)-1].Traceback) {
			result.Evidence = append(result.Evidence, strings.TrimRight(line, "\n"))
		}
		return result
	}
	if len(enabled) > 0 {
		if enabled[len(enabled)-1].Script {
			return contract.Passed(fmt.Sprintf("the script called register() of %s, which raised nothing", s.Target().Module))
		}
		return contract.Passed(fmt.Sprintf("%s was enabled and its register() raised nothing", s.Target().Module))
	}
	if s.Target().Enable == "script" {
		return contract.Failed("nothing enabled the add-on",
			fmt.Sprintf("the target file leaves it to the script to enable %s, and the script calls neither addon_utils.enable nor bpy.ops.preferences.addon_enable nor its register()", s.Target().Module))
	}
	return contract.Failed("Blender has not tried to enable the add-on",
		"it ended or crashed before it came to its add-ons, or an option of Blender's before --addons was not understood")
}
