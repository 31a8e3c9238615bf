// Package usage measures a process tree: CPU time, context switches, memory,
// descriptors and threads, now or over a window.
//
//	before, _ := usage.Tree(pid)
//	// ... a quiet window ...
//	after, _ := usage.Tree(pid)
//	w := usage.Between(before, after)
//	fmt.Printf("%.3f %% of a core, %.1f wake-ups/s\n", 100*w.CPU, w.Wakeups)
//
// On Linux CPU time comes from each process's own nanosecond clock
// (clock_getcpuclockid, clock_gettime), not from /proc's 10 ms ticks.
//
// # What the numbers are worth
//
// A tree is the root and everything whose chain of parents leads to it when
// the process table is read. A process whose parent has ended belongs to
// another parent (process 1, or a subreaper) and is no longer in the tree.
// Memory is the sum of resident sets, so pages that processes share count once
// for each of them.
//
// Context switches are kept by the kernel per live thread. When a thread ends
// its count is gone, and the plain sum can go down. Between therefore compares
// thread by thread: a thread in both samples counts with its growth, one that
// is new counts whole, one that has ended counts nothing. So a window may
// count too little, never too much and never less than nothing. A Recorder
// compares at every tick and loses only what an ended thread did since the
// last tick.
//
// # Other systems
//
// Outside Linux the numbers come from gopsutil and are coarser. CPU time has
// the resolution that the system's process accounting has (Windows: 15.6 ms);
// time of children that ended is not included; context switches are 0 on
// macOS and Windows (Wakeups is then 0 as well: see CountsWakeups), and on the
// BSDs. Descriptors are handles on Windows.
package usage
