package harness

import (
	"fmt"
	"os"
	"syscall"
)

// signalName is what Go calls it: Windows has no names for signals.
func signalName(sig os.Signal) string { return fmt.Sprint(sig) }

func signalNumber(sig os.Signal) int {
	if s, ok := sig.(syscall.Signal); ok {
		return int(s)
	}
	return 0
}
