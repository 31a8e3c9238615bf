package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceLongSleep = contract.Check{
	Name: "source/long-sleep",
	True: "no loop on the main thread sleeps longer than 0.1 s a turn",
	Why:  "A request waits for the end of the sleep, an asyncio server for several of them: with 1 s a request takes up to five seconds.",
	How:  byTree + "time.sleep of a constant over 0.1 in a while loop outside of threads is reported, unless the loop does nothing else: then no request waits for it.",
	Fix:  "Sleep less a turn:\n    time.sleep(0.05)\nor wait for the work itself: run_forever, select, queue.get.",
	Asks: contract.NoLife,
	Run:  rule("long-sleep"),
}
