package explain

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/service"
)

// Unready says what was seen of a service that never answered, why, and the
// remedy; "" for start/ready's own. err is what the wait for it ended with.
func Unready(f Facts, err error) (seen, diagnosis, fix string) {
	diagnosis = NotEnabled(f.Saw("enable"))
	if f.Exit != nil {
		seen = "it ended before its first answer: " + HowEnded(f.Exit)
		if diagnosis == "" {
			_, diagnosis = Ended(f)
		}
		return seen, diagnosis, ""
	}
	budget := Short(f.Target.Budgets.Ready)
	seen = fmt.Sprintf("no answer within %s; the process lives; the last attempt: %s", budget, lastAttempt(err))
	if diagnosis == "" {
		diagnosis, fix = silent(f, err)
	}
	return seen, diagnosis, fix
}

// NotEnabled tells of an add-on that could not be enabled; "" when it was, and
// when nobody tried.
func NotEnabled(tried []Event) string {
	if len(tried) == 0 || tried[len(tried)-1].OK {
		return ""
	}
	e := tried[len(tried)-1]
	if e.Traceback == "" {
		return fmt.Sprintf("the add-on %s was not enabled: Blender does not find a module of that name, and goes on without it", e.Addon)
	}
	return fmt.Sprintf("the add-on %s was not enabled: its import or register() raised %s; Blender prints that and goes on without it",
		e.Addon, LastLine(e.Traceback))
}

// silent tells why a living process does not answer, and the remedy; "" for
// start/ready's own.
func silent(f Facts, err error) (diagnosis, fix string) {
	switch {
	case f.ListenersKnown && f.insideOnly():
		return fmt.Sprintf("it listens on %s inside the container, where nobody outside can reach it", Addresses(f.Listeners)), fixInside
	case f.ListenersKnown && len(f.Listeners) == 0:
		if trace := Raised(f.Log); trace != "" {
			return "it listens on no port; the log has an uncaught exception: " + trace, ""
		}
		if at := f.Source.Cite("timer"); at != "" {
			return fmt.Sprintf("it listens on no port; the source starts work through bpy.app.timers (%s), which never fire in background mode", at), ""
		}
		return "it listens on no port: the server was never started, or the loop that starts it is not driven", ""
	case strings.Contains(err.Error(), "refused") && len(f.Listeners) > 0:
		return fmt.Sprintf("it listens on %v and not on the port it was given: the setting for the port is not read", f.Listeners), fixPort
	}
	if client := (*service.CommandError)(nil); errors.As(err, &client) {
		return fmt.Sprintf("it listens on %s, and the client program of the target file (service.command) ends with code %d: %s",
			Addresses(f.Listeners), client.Code, LastLine(string(client.Stderr))), fixClient
	}
	diagnosis = "it accepts connections and never replies: nothing drives the server's event loop on the main thread"
	if at := f.Source.Cite("timer"); at != "" {
		diagnosis += fmt.Sprintf("; the source uses bpy.app.timers (%s), which never fire in background mode", at)
	} else if at := f.Source.Cite("sleep"); at != "" {
		diagnosis += fmt.Sprintf("; the main thread may be in %s", at)
	}
	return diagnosis, ""
}

// Remedies for a service that never answers, where start/ready's own is none.
const (
	// fixInside is how a target binds otherwise in a container.
	fixInside = "Let the address come from outside too, by default 127.0.0.1, and say in the target file what it is in a container:\n" +
		"    container:\n" +
		"      env: {MY_ADDON_HOST: \"0.0.0.0\"}   # as your add-on calls it\n" +
		"      listens: any"
	fixClient = "Start the service and run the client program by hand, in the target file's folder, until it prints the reply: the request is its standard input."
	fixPort   = "Give {port} to the service where it reads its port, or say which port it always takes:\n" +
		"    env: {MY_PORT: \"{port}\"}     # or launch: {args: [--port, \"{port}\"]}\n" +
		"    service: {port: 8765}"
)

// insideOnly says whether all listeners are on a container's own loopback interface.
func (f Facts) insideOnly() bool {
	return f.Backend == "container" && len(f.Listeners) > 0 &&
		!slices.ContainsFunc(f.Listeners, func(l netip.AddrPort) bool { return !l.Addr().Unmap().IsLoopback() })
}

// lastAttempt is the cause of a readiness wait that ran out.
func lastAttempt(err error) string {
	var wrapped *harness.Error
	if errors.As(err, &wrapped) {
		return FirstLine(wrapped.Err)
	}
	return FirstLine(err)
}
