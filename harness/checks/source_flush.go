package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceFlush = contract.Check{
	Name: "source/flush",
	True: "the line that announces the port is flushed",
	Why:  "Python's output to a pipe or a file is kept back until 8 KiB are there or Blender ends: who waits for the line waits for ever, and a kill loses it.",
	How:  byTree + "Where the target file awaits an announcement (service: {port: announced}), a print that makes such a line is reported, unless it flushes, or the function that it stands in does.",
	Fix:  "    print(\"listening on %s:%d\" % (host, port), flush=True)",
	Asks: contract.NoLife,
	Run:  rule("flush"),
}
