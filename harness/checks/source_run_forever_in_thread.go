package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceRunForeverInThread = contract.Check{
	Name:   "source/run-forever-in-thread",
	True:   "no thread runs an event loop by run_forever",
	Why:    "The loop's callbacks run on that thread, and so does all code that they execute; Blender's data belongs to the main thread.",
	How:    byTree + "run_forever must not be a thread's target, nor be called in one.",
	Fix:    "Run the loop on the main thread; it keeps Blender alive as well:\n    loop.run_forever()   # or pyaddon/keepalive.py",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("run-forever-in-thread"),
}
