package usage

import "time"

// detail is what a sample's sums were made of.
type detail struct {
	cpu     map[procKey]time.Duration // own time, without that of ended children
	threads map[threadKey]switches
}

// procKey tells a process from a later one with the same number.
type procKey struct {
	pid   int
	start uint64
}

type threadKey struct {
	proc procKey
	tid  int
}

type switches struct{ voluntary, involuntary uint64 }

func newDetail() *detail {
	return &detail{cpu: map[procKey]time.Duration{}, threads: map[threadKey]switches{}}
}

// grown is what was added from one sample to the next; never negative.
type grown struct {
	cpu                    time.Duration
	voluntary, involuntary uint64
}

// growth compares two samples: thread by thread where both know their
// threads, by their sums otherwise.
func growth(a, b Sample) grown {
	g := grown{cpu: max(0, b.CPU-a.CPU)}
	if a.detail == nil || b.detail == nil {
		g.voluntary, g.involuntary = above(a.Voluntary, b.Voluntary), above(a.Involuntary, b.Involuntary)
		return g
	}
	for key, now := range b.detail.threads {
		before := a.detail.threads[key]
		if now.voluntary < before.voluntary || now.involuntary < before.involuntary {
			before = switches{} // a new thread under the number of an ended one
		}
		g.voluntary += now.voluntary - before.voluntary
		g.involuntary += now.involuntary - before.involuntary
	}
	// The sum is right as long as ended children were waited for by a process of
	// the tree. Where one was not, its time is gone from the sum: what the
	// others used is still certain.
	var own time.Duration
	for key, now := range b.detail.cpu {
		own += max(0, now-a.detail.cpu[key])
	}
	g.cpu = max(g.cpu, own)
	return g
}

// above is how far b is above a, or 0.
func above(a, b uint64) uint64 {
	if b < a {
		return 0
	}
	return b - a
}
