package usage

import "time"

// Sample is one measurement of a process tree.
type Sample struct {
	// At is when it was taken (with Go's monotonic reading).
	At time.Time `json:"at"`
	// CPU used so far, user and system, by all live processes of the tree and
	// their waited-for children.
	CPU time.Duration `json:"cpu"`
	// Voluntary context switches so far, of all threads of the tree.
	Voluntary uint64 `json:"voluntary"`
	// Involuntary context switches so far, of all threads of the tree.
	Involuntary uint64 `json:"involuntary"`
	// RSS is the resident memory in bytes, summed over the tree.
	RSS uint64 `json:"rss"`
	// Descriptors open now, summed over the tree.
	Descriptors int `json:"descriptors"`
	// Threads alive now, summed over the tree.
	Threads int `json:"threads"`
	// Procs are the processes of the tree; the first is its root.
	Procs []Proc `json:"procs,omitempty"`

	// detail lets Between compare thread by thread; nil in a sample that was
	// made or decoded elsewhere.
	detail *detail
}

// Proc is one process.
type Proc struct {
	PID  int    `json:"pid"`
	PPID int    `json:"ppid"`
	Name string `json:"name"`
	// Command line, words joined by spaces, cut at 200 characters.
	Command string `json:"command,omitempty"`
}

// Window is what happened between two samples.
type Window struct {
	// Seconds between the samples.
	Seconds float64 `json:"seconds"`
	// CPU as a share of one core: 0.01 is 1 %.
	CPU float64 `json:"cpu"`
	// Wakeups is voluntary context switches per second.
	Wakeups float64 `json:"wakeups"`
	// Memory, descriptors and threads: growth, after minus before.
	RSS         int64 `json:"rss"`
	Descriptors int   `json:"descriptors"`
	Threads     int   `json:"threads"`
}

// Between tells what happened from a to b. CPU and Wakeups are never negative:
// what an ended thread or process did in the window may be missing (see the
// package's comment). Both are 0 when b was not taken after a.
func Between(a, b Sample) Window {
	seconds := b.At.Sub(a.At).Seconds()
	w := Window{
		Seconds:     seconds,
		RSS:         int64(b.RSS) - int64(a.RSS),
		Descriptors: b.Descriptors - a.Descriptors,
		Threads:     b.Threads - a.Threads,
	}
	if seconds > 0 {
		g := growth(a, b)
		w.CPU = g.cpu.Seconds() / seconds
		w.Wakeups = float64(g.voluntary) / seconds
	}
	return w
}
