package explain

import (
	"fmt"
	"os"
	"syscall"
)

// signalNames are those that end a Blender in practice.
var signalNames = map[syscall.Signal]string{
	syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM", syscall.SIGKILL: "SIGKILL",
	syscall.SIGSEGV: "SIGSEGV", syscall.SIGABRT: "SIGABRT", syscall.SIGPIPE: "SIGPIPE",
	syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE", syscall.SIGILL: "SIGILL",
	syscall.SIGHUP: "SIGHUP", syscall.SIGALRM: "SIGALRM",
}

// SignalName is "SIGTERM (15)".
func SignalName(sig os.Signal) string {
	number, ok := sig.(syscall.Signal)
	if !ok {
		return sig.String()
	}
	if name, ok := signalNames[number]; ok {
		return fmt.Sprintf("%s (%d)", name, int(number))
	}
	return fmt.Sprintf("%d", int(number))
}

// IsCrash says whether the signal is one that a fault in the program raises.
func IsCrash(sig os.Signal) bool {
	switch sig {
	case syscall.SIGSEGV, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL:
		return true
	}
	return false
}
