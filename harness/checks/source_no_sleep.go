package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceNoSleep = contract.Check{
	Name: "source/no-sleep",
	True: "no loop on the main thread turns without waiting",
	Why:  "A loop that kicks an event loop without a pause takes a whole core, for nothing.",
	How:  byTree + "A while loop outside of threads that kicks an event loop, or does nothing, and neither sleeps nor waits is reported.",
	Fix:  "Sleep in each turn:\n    time.sleep(0.05)\nor wait for the work itself: run_forever, select, queue.get.",
	Asks: contract.NoLife,
	Run:  rule("no-sleep"),
}
