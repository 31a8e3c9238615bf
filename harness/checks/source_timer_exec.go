package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceTimerExec = contract.Check{
	Name: "source/timer-exec",
	True: "no code is run by bpy.app.timers without asking for background mode first",
	Why:  "In background mode timers never fire: the code is accepted and never run.",
	How:  byTree + "bpy.app.timers.register with a function that calls exec or eval is reported, unless the code around it looks at bpy.app.background.",
	Fix: "Ask for background mode first:\n" +
		"    if bpy.app.background:\n" +
		"        run()\n" +
		"    else:\n" +
		"        bpy.app.timers.register(run)",
	Asks: contract.NoLife,
	Run:  rule("timer-exec"),
}
