package container

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
)

// Labels of our containers.
const (
	labelInstance = "bgcheck.instance" // LaunchSpec.ID: PID and start of the owner
	labelWhere    = "bgcheck.where"    // where that PID means something
)

// abandoned is the age from which a container that has ended is nobody's, on
// whatever machine or boot its owner was: an owner removes it in seconds.
const abandoned = time.Hour

var swept sync.Once

// sweepOnce sweeps at a program's first use of the engine.
func (e *engine) sweepOnce(ctx context.Context) {
	swept.Do(func() { _, _ = e.sweep(ctx) })
}

// sweep removes the containers that killed programs have left: those with our
// label whose owner was on this machine, since its last boot, and is dead; and
// those from elsewhere that ended more than an hour ago. It returns their IDs.
func (e *engine) sweep(ctx context.Context) ([]string, error) {
	all, err := e.api.ContainerList(ctx, client.ContainerListOptions{
		All: true, Filters: make(client.Filters).Add("label", labelInstance),
	})
	if err != nil {
		return nil, fault.Machinef("list containers: %w", err)
	}
	var removed []string
	for _, c := range all.Items {
		if stale(c, where(), time.Now()) {
			e.remove(ctx, c.ID)
			removed = append(removed, c.ID)
		}
	}
	return removed, nil
}

// stale tells whether a container's owner is certainly gone.
func stale(c container.Summary, here string, now time.Time) bool {
	if c.Labels[labelWhere] == here {
		return !owner.Alive(c.Labels[labelInstance])
	}
	ended := c.State != container.StateRunning && c.State != container.StatePaused && c.State != container.StateRestarting
	return ended && now.Sub(time.Unix(c.Created, 0)) > abandoned
}

// where names what a PID is unique in: this boot of this machine, and the PID
// namespace. On other systems than Linux the host's name has to do.
var where = sync.OnceValue(func() string {
	if here := owner.Namespace(); here != "" {
		return here
	}
	name, _ := os.Hostname()
	return name
})
