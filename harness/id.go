package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// InstanceVariable marks every process of an instance: its value is the
// instance's ID. What a killed harness left behind is found by it.
const InstanceVariable = "BGCHECK_INSTANCE"

var instances atomic.Int64

// newID makes "PID-STARTTICKS-N": unique on this machine, since no two
// processes have both the same PID and the same start.
func newID() string {
	pid := os.Getpid()
	return fmt.Sprintf("%d-%d-%d", pid, startTicks(pid), instances.Add(1))
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

// OwnerAlive tells whether the program that made the instance called id still
// runs on this machine. It is true for a text that is no ID: what we do not
// know we do not touch.
func OwnerAlive(id string) bool {
	pid, start, ok := parseID(id)
	return !ok || processAlive(pid, start)
}
