package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
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
	Run:    judgeStartEnabled,
}

// judgeStartEnabled reads what the witness saw of the add-on's register(). A target
// that is no use as a service can be judged by its one launch all the same.
func judgeStartEnabled(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Addon == "" {
		return contract.Skipped("the target has no add-on")
	}
	var enabled []explain.Event
	var fault *contract.FaultError
	life, err := s.Shared(ctx)
	switch {
	case errors.As(err, &fault):
		enabled = fault.Enabled
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
	return result
}

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
