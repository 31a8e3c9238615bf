package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceExitOnStatus = contract.Check{
	Name: "source/exit-on-status",
	True: "the keep-alive loop does not end because a status says so",
	Why:  "A status is wrong for a moment (while starting, after a file was loaded), and the whole Blender ends for it.",
	How:  byTree + "A while loop outside of threads that leaves on `if not x.is_running()`, `if not scene.running` and the like is reported.",
	Fix: "End the loop for its own reasons alone, a flag set by a signal or a loop without work:\n" +
		"    while keep_running:\n" +
		"        if async_loop.kick_async_loop():\n" +
		"            break\n" +
		"        time.sleep(0.05)",
	Asks: contract.NoLife,
	Run:  rule("exit-on-status"),
}
