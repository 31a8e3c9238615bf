package contract

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// launchAtRest launches a life whose main thread has come to where it waits. A
// service that threads serve may answer before the launch script has put its
// signal handlers in place; what comes that early is stop/during-start's.
func (s *Session) launchAtRest(ctx context.Context) (*Life, error) {
	life, err := s.Launch(ctx, Tweaks{})
	if err == nil {
		s.rest(ctx, life)
	}
	return life, err
}

// resting is for how long, looked at every restLook, the main thread must have
// been asleep to count as at rest; a script that never sleeps is given up after
// restMost, as one that polls is asleep nearly always.
const (
	resting  = 200 * time.Millisecond
	restLook = 20 * time.Millisecond
	restMost = 2 * time.Second
)

// rest waits until the main thread sleeps. Where the system does not tell (a
// container, not Linux) it waits as long as a first life is given to settle.
func (s *Session) rest(ctx context.Context, life *Life) {
	if !s.local() || threadState(life.PID()) == "" {
		endsWithin(ctx, life, settling)
		return
	}
	within, cancel := context.WithTimeout(ctx, restMost)
	defer cancel()
	for asleep := time.Duration(0); asleep < resting && life.alive() && pause(within, restLook); asleep += restLook {
		if threadState(life.PID()) != "S" {
			asleep = -restLook
		}
	}
}

// threadState is the kernel's letter for the state of a process's main thread:
// R runs or wants to, S sleeps, D waits for a disk; "" when it is not known.
func threadState(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The name in parentheses may hold anything.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}
