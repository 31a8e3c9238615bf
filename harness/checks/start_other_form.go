package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startOtherForm = contract.Check{
	Name: "start/other-form",
	True: "started with Blender's short options, in another order, it becomes ready as well",
	Why: "-b and --background, -P and --python are the same to Blender, and people write either. A script that looks for one of them, or for a " +
		"place, in sys.argv works for those alone who start it as its author does.",
	How: "It is launched once with \"--factory-startup -b ... -P script\" in place of \"--background --factory-startup ... --python script\".",
	Fix: "Ask Blender and not its command line, and read your own arguments behind \"--\":\n" +
		"    bpy.app.background\n" +
		"    own = sys.argv[sys.argv.index(\"--\") + 1:] if \"--\" in sys.argv else []",
	Needs:  []contract.Need{contract.NeedService},
	OfLife: true,
	Asks:   contract.OwnLives,
	Run:    judgeOtherForm,
}

// judgeOtherForm launches as other people would.
func judgeOtherForm(ctx context.Context, s *contract.Session) report.Result {
	if err := s.Ready(ctx); err != nil {
		return contract.FromError(err)
	}
	life, err := s.Launch(ctx, contract.Tweaks{Changed: true, More: []harness.Option{harness.OtherForm()}})
	if fault := contract.FaultOf(err); fault != nil {
		diagnosis := "it depends on how Blender's own options are written" + s.Source().Perhaps("argv")
		result := contract.Failed("with -b and -P in place of --background and --python: "+fault.Seen, diagnosis, fault.Evidence...)
		result.Command = fault.Command
		return result
	}
	if err != nil {
		return contract.FromError(err)
	}
	return contract.Passed(fmt.Sprintf("with -b and -P it was ready after %s", explain.Short(life.ReadyAfter())))
}
