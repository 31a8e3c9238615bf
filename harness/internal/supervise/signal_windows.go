package supervise

import (
	"fmt"
	"os"
	"syscall"
)

// SignalName is what Go calls it: Windows has no names for signals.
func SignalName(sig os.Signal) string { return fmt.Sprint(sig) }

// SignalNumber is 15 for syscall.SIGTERM, 0 for what has no number.
func SignalNumber(sig os.Signal) int {
	if s, ok := sig.(syscall.Signal); ok {
		return int(s)
	}
	return 0
}
