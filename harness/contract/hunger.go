package contract

import (
	"context"
	"time"

	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// Hunger is how long a life has wanted a processor and had none, from a moment on.
// Where a budget of ours runs out, it tells whether the target was late or the
// machine.
type Hunger struct {
	life   *Life
	began  time.Time
	waited time.Duration
}

// Hunger begins to count now.
func (l *Life) Hunger() Hunger {
	return Hunger{l, time.Now(), l.waited()}
}

// Starved is a fault of the machine, which wraps harness.ErrMachine, where the life
// has got so little of it since then that nothing can be said of it; nil where it
// had enough, has ended, or is where the kernel does not tell (a container).
func (h Hunger) Starved() error {
	if !h.life.Alive() {
		return nil
	}
	return starved(h.life.waited()-h.waited, time.Since(h.began))
}

// Starved is Hunger's for the last seconds in which the life was asked for anything.
func (l *Life) Starved() error {
	l.mu.Lock()
	since := l.hungers[0]
	l.mu.Unlock()
	if since.life == nil {
		return nil
	}
	return since.Starved()
}

// hungry notes that it is asked now. Reading what the kernel tells takes longer than
// a small request: that is done once a second, and the older of two moments counts.
// l.mu must be held.
func (l *Life) hungry() {
	if time.Since(l.hungers[1].began) > time.Second {
		l.hungers[0], l.hungers[1] = l.hungers[1], l.Hunger()
	}
	if l.hungers[0].life == nil {
		l.hungers[0] = l.hungers[1]
	}
}

// waited is how long Blender has waited for a processor. Behind a wrapper it is
// another process than the one that was started: then it is who has waited longest.
func (l *Life) waited() time.Duration {
	longest := procfs.Waited(l.PID())
	if l.session.target.Launch.Wrapper == "" || !l.session.Local() {
		return longest
	}
	if sample, err := l.Usage(context.Background()); err == nil {
		for _, proc := range sample.Procs {
			longest = max(longest, procfs.Waited(proc.PID))
		}
	}
	return longest
}

// starved is Starved for a process that waited so long in that time.
func starved(waited, within time.Duration) error {
	if waited <= within/2 {
		return nil
	}
	return fault.Machinef("the machine was too busy to judge: of %s Blender waited %s for a processor", explain.Short(within), explain.Short(waited))
}
