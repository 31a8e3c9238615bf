package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var aliveScene = contract.Check{
	Name: "alive/scene",
	True: "bpy.data is still populated while the service answers",
	Why: "When the script returns, Blender frees its data and waits for threads that are no daemons. A server in such a " +
		"thread goes on answering over an empty bpy.data, and crashes sooner or later.",
	How: "The witness notes when Python begins to end; where there is an exec request, len(bpy.data.scenes) is read through it.",
	Fix: "Do not let the script return while the service lives: run the loop on the main thread, and hand work from threads to it.\n" +
		"    import keepalive\n" +
		"    keepalive.run()",
	Needs:  []contract.Need{contract.NeedService},
	OfLife: true,
	Hosted: contract.Beside,
	Works:  true,
	Run:    judgeScene,
}

// judgeScene looks whether the service still stands on Blender's data.
func judgeScene(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if result, ok := contract.OwnFault(err, "alive/scene"); ok {
		return result
	}
	if err != nil {
		return contract.FromError(err)
	}
	if len(life.Saw(ctx, "finalize")) > 0 {
		result, _ := contract.OwnFault(s.Zombie(ctx, life), "alive/scene")
		return result
	}
	const byWitness = "Python has not begun to end while the service answers"
	if s.Target().Exec == nil {
		return contract.Passed(byWitness + " (the target has no exec request to look with)")
	}
	if result := s.Verdict(ctx, execTakesEffect); result.Verdict == report.Fail {
		return contract.Passed(byWitness + " (bpy.data was not looked at: see exec/takes-effect)")
	}
	if life, err = s.Shared(ctx); err != nil {
		return contract.FromError(err)
	}
	seen, err := life.Try(ctx, "_bg['scenes'] = len(bpy.data.scenes)\n_bg['worlds'] = len(bpy.data.worlds)\n_bg['objects'] = len(bpy.data.objects)")
	if err != nil {
		return contract.FromError(err)
	}
	if seen.Wrote == nil {
		return contract.Undecided("the code that looks at bpy.data had no effect", "reply: "+contract.Excerpt(seen.Reply))
	}
	figures := fmt.Sprintf("%v scenes, %v worlds, %v objects", seen.Wrote["scenes"], seen.Wrote["worlds"], seen.Wrote["objects"])
	if count, _ := seen.Wrote["scenes"].(float64); count == 0 {
		return contract.Failed("bpy.data is empty while the service answers: "+figures, explain.Zombie(life.Facts(ctx)))
	}
	return contract.Passed("bpy.data holds " + figures)
}
