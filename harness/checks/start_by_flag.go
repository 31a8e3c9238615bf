package checks

import (
	"context"
	"fmt"
	"slices"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startByFlag = contract.Check{
	Name: "start/by-flag",
	True: "it can be enabled by --addons as well, where it has no entry in the preferences",
	Why: "The button in the preferences makes an entry for the add-on, --addons makes none. A register() that reads its own preferences works " +
		"in the window and raises KeyError on a render farm or in CI.",
	How: "In a Blender of its own it is enabled and disabled without an entry in the preferences, as --addons does.",
	Fix: "Do not count on the entry in register() and unregister(); what reads a setting has a default:\n" +
		"    entry = bpy.context.preferences.addons.get(__package__)\n" +
		"    size = entry.preferences.size if entry else 1.0",
	Hosted: contract.OnlyHosted,
	Asks:   contract.OwnLives,
	Run:    judgeByFlag,
}

// judgeByFlag warns where only --addons fails: most users never meet it.
func judgeByFlag(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, startEnabled, "cannot be enabled"); stop {
		return result
	}
	var seen enabling
	run, err := runHosted(ctx, s, "enable.py", []string{s.Target().Module, hostedResult, "--plain"}, &seen)
	if err != nil {
		return contract.FromError(err)
	}
	for _, step := range seen.Steps {
		if step.OK {
			continue
		}
		if same, err := withEntry(ctx, s, step); err != nil || same {
			return contract.Passed(fmt.Sprintf("%s without an entry in the preferences it raises what it raises with one, too: see tidy/cycle", map[string]string{"enable": "enabled", "disable": "disabled"}[step.Step]))
		}
		word := map[string]string{"enable": "enabled", "disable": "disabled"}[step.Step]
		cause := fmt.Sprintf("%s raises where the add-on has no entry in the preferences", map[string]string{"enable": "register()", "disable": "unregister()"}[step.Step])
		for _, one := range step.Requires {
			if one.Kind == "entry" {
				cause = fmt.Sprintf("it reads its own preferences in %s, and with --addons there are none: bpy.context.preferences.addons has no %q then", map[string]string{"enable": "register()", "disable": "unregister()"}[step.Step], one.Name)
			}
		}
		return contract.Warned(fmt.Sprintf("%s without an entry in the preferences, as with --addons, it raised %s", word, step.Error), cause, lines(step.Traceback)...)
	}
	if run.At != "end" {
		return contract.Warned(fmt.Sprintf("without an entry in the preferences, as with --addons, Blender ended in the step %q: %s", run.At, endOf(run)),
			"register() or unregister() ends it there")
	}
	if seen.Factory {
		return contract.Passed("enabled and disabled without an entry in the preferences it raised nothing; Blender's factory settings have enabled it already")
	}
	return contract.Passed("enabled and disabled without an entry in the preferences, as with --addons, it raised nothing" + crashNote(run))
}

// withEntry says whether the add-on raises the same where it has an entry.
func withEntry(ctx context.Context, s *contract.Session, step switched) (bool, error) {
	seen, err := twice.Of(ctx, s)
	return slices.ContainsFunc(seen.Steps, func(other switched) bool {
		return other.Step == step.Step && other.Error == step.Error
	}), err
}

// crashNote says that a Blender crashed at its end: tidy/cycle judges that.
func crashNote(run ran) string {
	if !run.crashed() {
		return ""
	}
	return fmt.Sprintf(" (at its end Blender crashed with %s: see tidy/cycle)", explain.SignalName(run.exit.Signal))
}
