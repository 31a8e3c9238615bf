// Package bench measures the keep-alive and the reference add-on beside what
// they compete with: a plain Python asyncio server without Blender, which is
// the limit, a blocking accept loop inside Blender, and the seeds' pattern at
// 10 and 50 ms.
//
//	result, err := bench.Run(ctx, bench.Config{Root: root, Backend: harness.Local("")})
//	if err != nil {
//		return err
//	}
//	fmt.Print(result.Table())
//	err = result.Write("out/bench.json")
//
// # How it measures
//
// All servers are measured in one run, one after the other in every round, in
// an order that changes from round to round. A figure is the median of its
// rounds; a ratio is the median of the ratios within each round, so that a
// machine whose speed drifts spoils neither. Every server gets a fresh process
// each round, under the same supervisor, without the witness, and announces a
// port of its own choice. Add-ons and scripts lie in one folder for the whole
// run, so that Python's compiled files are there from the second start on, as
// they are for an author's add-on.
//
// The client is one thread of this process that makes raw system calls on
// blocking sockets, with requests built beforehand, and is the same for all.
// It needs a core: on two cores client and server have one each, and
// requests per second are bounded by what both cost together.
//
// Latency is the time from connect (or, kept open, from the write) to the last
// byte of the reply. Every reply is compared with the first one. Requests per
// second also hold the wait for the server's end of file.
//
// Idle CPU comes from the process's nanosecond clock, and wake-ups from the
// kernel's counts of voluntary context switches (see harness/usage), for all
// servers over the same window.
package bench
