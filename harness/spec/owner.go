package spec

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/process"
)

// parent is who started this process: ginkgo, go test, or a shell.
var parent = os.Getppid()

var watchOnce sync.Once

// watchOwners ends this process when its parent ends, or the process named by
// $BGCHECK_OWNER. Blender ends with this process. An owner that has ended
// before is an end at once: of a make that was killed, the orphaned ginkgo goes
// on to the next suite. A name that is no process id is an error.
func watchOwners() error {
	owners := []int{parent}
	if text := os.Getenv("BGCHECK_OWNER"); text != "" {
		pid, err := strconv.Atoi(text)
		if err != nil || pid <= 0 {
			return fmt.Errorf("BGCHECK_OWNER=%q is no process id", text)
		}
		owners = append(owners, pid)
	}
	watchOnce.Do(func() {
		for _, pid := range owners {
			if _, err := process.WhenEnded(pid, func() { endOrphan(pid) }); err != nil || os.Getppid() != parent {
				endOrphan(pid)
			}
		}
	})
	return nil
}

// endOrphan ends the process. Nobody may be there to read what it says.
func endOrphan(pid int) {
	said := make(chan struct{})
	go func() {
		fmt.Fprintf(os.Stderr, "bgcheck: process %d, to which this run belongs, has ended; so does the run\n", pid)
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(200 * time.Millisecond):
	}
	os.Exit(1)
}
