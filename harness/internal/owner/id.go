package owner

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/bgcheck/bgcheck/harness/internal/process"
)

var instances atomic.Int64

// NewID makes "PID-STARTTICKS-N": unique on this machine, since no two
// processes have both the same PID and the same start.
func NewID() string {
	pid := os.Getpid()
	return fmt.Sprintf("%d-%d-%d", pid, process.Start(pid), instances.Add(1))
}

// parseID takes an ID apart; ok is false for any other text.
func parseID(id string) (pid int, start uint64, ok bool) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return 0, 0, false
	}
	pid, err := strconv.Atoi(parts[0])
	if err != nil || pid <= 0 {
		return 0, 0, false
	}
	start, err = strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if _, err := strconv.ParseUint(parts[2], 10, 64); err != nil {
		return 0, 0, false
	}
	return pid, start, true
}

// Alive tells whether the program that made the instance called id still
// runs on this machine. It is true for a text that is no ID: what we do not
// know we do not touch.
func Alive(id string) bool {
	pid, start, ok := parseID(id)
	return !ok || process.Runs(pid, start)
}
