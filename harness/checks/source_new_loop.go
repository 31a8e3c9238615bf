package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceNewLoop = contract.Check{
	Name:   "source/new-loop",
	True:   "no thread makes an event loop of its own",
	Why:    "What runs on a second loop runs on another thread than Blender's; objects of one loop used on another fail at random.",
	How:    byTree + "Functions given to threads and executors, and what they call in the same file, must not call new_event_loop or asyncio.run.",
	Fix:    "Drive one loop on the main thread, and put work from threads onto it:\n    loop.call_soon_threadsafe(callback)",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("new-loop"),
}
