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
	True: "disable and enable again works; no handler, timer, thread, port or modal operator goes on running, and no property or class is left",
	Why: "Add-ons are reloaded by their authors and updated by their users. What is left behind runs twice, or points to code that is gone; " +
		"a property or a class that is left does nothing by itself, and is a warning.",
	How: "In a Blender of its own it is enabled, disabled, enabled and disabled; what Blender holds before and after is compared, once a " +
		"moment has passed. Then Blender is left to end, which must be no crash.",
	Fix: "Undo in unregister() what register() did, in the reverse order:\n" +
		"    def unregister():\n" +
		"        bpy.app.handlers.load_post.remove(on_load)\n" +
		"        del bpy.types.Scene.my_property\n" +
		"        bpy.utils.unregister_class(MyOperator)",
	Hosted: contract.OfAddon,
	Asks:   contract.OwnLives,
	Run:    judgeCycle,
}

// cycled is the result of pyaddon/hosted/cycle.py.
type cycled struct {
	Factory bool       `json:"factory"`
	Steps   []switched `json:"steps"`
	Left    *struct {
		Running []thing `json:"running"`
		Lying   []thing `json:"lying"`
	} `json:"left"`
}

// cycling is what enabling and disabling the add-on twice has shown.
type cycling struct {
	cycled
	ran
}

var twice = contract.Fact[cycling]{Name: "enabled and disabled twice", Make: func(ctx context.Context, s *contract.Session) (seen cycling, err error) {
	seen.ran, err = runHosted(ctx, s, "cycle.py", []string{s.Target().Module, hostedResult}, &seen.cycled)
	return seen, err
}}

// judgeCycle tells what goes on running, which fails, from what only lies about.
func judgeCycle(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Module == "" {
		return contract.Skipped("the target has no add-on")
	}
	seen, err := twice.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	var wrong, evidence []string
	why := ""
	add := func(seen, cause string, more ...string) {
		wrong, evidence = append(wrong, seen), append(evidence, more...)
		if why == "" {
			why = cause
		}
	}
	for i := range seen.Steps {
		step := &seen.Steps[i]
		if result, stop := notEnabled(step); stop && i == 0 {
			return result
		}
		if !step.OK {
			word := map[bool]string{true: "disabled", false: "enabled again"}[step.Step == "disable"]
			add(fmt.Sprintf("%s it raised %s", word, step.Error), "unregister() does not undo what register() did, or fails half-way", lines(step.Traceback)...)
			break
		}
	}
	switch {
	case seen.crashed() && seen.At == "end":
		why, _ := explain.CrashedAtEnd(seen.life.Facts(ctx))
		add("enabled and disabled, it makes Blender crash at its end ("+explain.SignalName(seen.exit.Signal)+")", why)
	case seen.crashed():
		_, why := explain.Ended(seen.life.Facts(ctx))
		add(fmt.Sprintf("Blender crashed (%s) in the step %q", explain.SignalName(seen.exit.Signal), seen.At), why)
	case seen.exit == nil && seen.At == "end":
		add("enabled and disabled, it keeps Blender from ending", "something of it still runs: most often a thread that is no daemon")
	case seen.exit == nil:
		add(fmt.Sprintf("the step %q did not end within %s", seen.At, explain.Short(scriptTime)), "register() or unregister() waits for what does not come in background mode")
	case seen.At != "end":
		add(fmt.Sprintf("it ended Blender in the step %q (%s)", seen.At, explain.HowEnded(seen.exit)), "register() or unregister() calls sys.exit() or os._exit()")
	}
	if seen.Left != nil && len(seen.Left.Running) > 0 {
		short, all := things(seen.Left.Running)
		add("disabled, it goes on: "+short, "unregister() does not end what register() started", all...)
	}
	lying := ""
	if seen.Left != nil && len(seen.Left.Lying) > 0 {
		short, all := things(seen.Left.Lying)
		lying = "disabled, it leaves behind: " + short
		evidence = append(evidence, all...)
	}
	switch {
	case len(wrong) > 0:
		return contract.Failed(strings.Join(wrong, "; "), why, evidence...)
	case lying != "":
		return contract.Warned(lying, "unregister() does not take away "+strings.TrimPrefix(lying, "disabled, it leaves behind: "), evidence...)
	}
	passed := contract.Passed("enabled and disabled twice, it left no property, class, handler, timer, thread or port behind")
	for _, step := range seen.Steps {
		if len(step.Printed) > 0 {
			passed.Remark = fmt.Sprintf("it caught and printed a traceback of its own to %s it: %s", step.Step, explain.LastLine(step.Printed[0]))
			passed.Evidence = lines(step.Printed[0])
		}
	}
	return passed
}
