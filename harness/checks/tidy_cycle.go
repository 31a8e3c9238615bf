package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var tidyCycle = contract.Check{
	Name: "tidy/cycle",
	True: "disable and enable again works, and leaves no property, class, handler, timer, thread or port behind",
	Why:  "Add-ons are reloaded by their authors and updated by their users; what is left behind runs twice, or points to code that is gone.",
	How:  "In a Blender of its own it is enabled, disabled, enabled and disabled; what Blender holds before and after is compared.",
	Fix: "Undo in unregister() what register() did, in the reverse order:\n" +
		"    def unregister():\n" +
		"        bpy.app.handlers.load_post.remove(on_load)\n" +
		"        del bpy.types.Scene.my_property\n" +
		"        bpy.utils.unregister_class(MyOperator)",
	Asks: contract.OwnLives,
	Run:  judgeCycle,
}

// cycled is probes/cycle.py's result.
type cycled struct {
	Enabled bool     `json:"enabled"`
	Errors  []string `json:"errors"`
	Left    []string `json:"left"`
}

// judgeCycle enables and disables the add-on twice in a Blender of its own.
func judgeCycle(ctx context.Context, s *contract.Session) report.Result {
	t := s.Target()
	if t.Addon == "" {
		return contract.Skipped("the target has no add-on")
	}
	var seen cycled
	_, err := runProbe(ctx, s, "cycle.py", []string{t.Module}, &seen, s.Options(contract.Tweaks{Disabled: true})...)
	if err != nil {
		return contract.FromError(err)
	}
	var evidence []string
	for _, trace := range seen.Errors {
		evidence = append(evidence, strings.Split(strings.TrimSpace(trace), "\n")...)
	}
	switch {
	case !seen.Enabled:
		raised := "Blender does not find it"
		if len(seen.Errors) > 0 {
			raised = explain.LastLine(seen.Errors[0])
		}
		return contract.Skipped(fmt.Sprintf("the add-on cannot be enabled: see start/enabled (%s)", raised))
	case len(seen.Errors) > 0:
		return contract.Failed("disabled and enabled again it raised "+explain.LastLine(seen.Errors[0]),
			"unregister() does not undo what register() did, or fails half-way", append(evidence, seen.Left...)...)
	case len(seen.Left) > 0:
		return contract.Failed("disabled, it leaves behind: "+strings.Join(seen.Left[:min(len(seen.Left), 5)], ", "),
			"unregister() does not take away what register() added", seen.Left...)
	}
	return contract.Passed("enabled and disabled twice, it left no property, class, handler, timer, thread or port behind")
}
