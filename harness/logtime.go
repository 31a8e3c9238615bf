package harness

import (
	"sort"
	"time"
)

// maxMoments bounds what a Log keeps of when it was written.
const maxMoments = 4096

// moment says that the log reached so far at that time.
type moment struct {
	end Cursor
	at  time.Time
}

// noted adds a moment: one within a millisecond of the last takes its place, and
// when there are too many every second one of the older half goes, so that what was
// written then is told a little late.
func noted(list []moment, m moment) []moment {
	if n := len(list); n > 0 && m.at.Sub(list[n-1].at) < time.Millisecond {
		list[n-1].end = m.end
		return list
	}
	if len(list) >= maxMoments {
		kept := list[:0]
		for i, old := range list {
			if i >= maxMoments/2 || i%2 == 1 {
				kept = append(kept, old)
			}
		}
		list = kept
	}
	return append(list, m)
}

// WrittenAt is when the log reached the cursor; the zero time when it has not yet.
// In a log of very many writes it may be a little late.
func (l *Log) WrittenAt(c Cursor) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := sort.Search(len(l.moments), func(i int) bool { return l.moments[i].end >= c })
	if i == len(l.moments) {
		return time.Time{}
	}
	return l.moments[i].at
}

// Lines is how many lines have been written.
func (l *Log) Lines() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines
}
