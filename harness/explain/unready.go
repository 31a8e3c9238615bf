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

// Unready says what was seen of a service that never answered, and why; without a Fix
// where start/ready's own is to be told. err is what the wait for it ended with.
func Unready(f Facts, err error) (seen string, cause Cause) {
	cause = Cause{Name: "not-enabled", Text: NotEnabled(f.Saw("enable"))}
	if f.Exit != nil {
		if cause.Text == "" {
			cause = Death(f)
		}
		return "it ended before its first answer: " + HowEnded(f.Exit), cause
	}
	budget := Short(f.Target.Budgets.Ready)
	if Endless(err) {
		var bad *service.MalformedError
		errors.As(err, &bad)
		cause.Fix = fixEndless
		if cause.Text == "" {
			cause.Name, cause.Text = "endless", "the service writes and never ends its reply; it was given up there"
		}
		return fmt.Sprintf("no whole reply within %s; the process lives; of a reply to one request %d MiB came, and no end", budget, len(bad.Reply)>>20), cause
	}
	if cause.Text == "" && f.Answers != "" {
		seen, text, fix := unannounced(f)
		return seen, Cause{Name: "unannounced", Text: text, Fix: fix}
	}
	if cause.Text == "" {
		text, fix := silent(f, err)
		cause = Cause{Name: "silent", Text: text, Fix: fix}
		if f.Speaks != "" {
			cause.Name = "other-protocol"
		}
	}
	return fmt.Sprintf("no answer within %s; the process lives; the last attempt: %s", budget, lastAttempt(err)), cause
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
	if !f.Target.HasPort() {
		return portless(f, err)
	}
	switch {
	case f.ListenersKnown && f.insideOnly():
		return fmt.Sprintf("it listens on %s inside the container, where nobody outside can reach it", Addresses(f.Listeners)), fixInside
	case f.ListenersKnown && len(f.Listeners) == 0:
		if trace := Raised(f.Log); trace != "" {
			return "it listens on no port; the log has an uncaught exception: " + trace, ""
		}
		if hang := Hang(f); hang.Text != "" {
			return "it listens on no port: " + hang.Text, hang.Fix
		}
		if timer := f.Timer(); timer != "" {
			return fmt.Sprintf("it listens on no port; work was given to bpy.app.timers%s, which never fire in background mode", timer), ""
		}
		return "it listens on no port: the server was never started, or the loop that starts it is not driven", ""
	case strings.Contains(err.Error(), "refused") && len(f.Listeners) > 0:
		return fmt.Sprintf("it listens on %v and not on the port it was given: the setting for the port is not read", f.Listeners), fixPort
	}
	if client := (*service.CommandError)(nil); errors.As(err, &client) {
		return fmt.Sprintf("it listens on %s, and the client program of the target file (service.command) ends with code %d: %s",
			Addresses(f.Listeners), client.Code, LastLine(string(client.Stderr))), fixClient
	}
	if diagnosis, fix := unlike(f, err); diagnosis != "" {
		return diagnosis, fix
	}
	if hang := Hang(f); hang.Text != "" {
		return "it accepts connections and never replies: " + hang.Text, hang.Fix
	}
	diagnosis = "it accepts connections and never replies: nothing drives the server's event loop on the main thread"
	if at, _, still := f.still(); still {
		diagnosis += ", which is in " + f.cite(at)
	}
	if timer := f.Timer(); timer != "" {
		diagnosis += fmt.Sprintf("; work was given to bpy.app.timers%s, which never fire in background mode", timer)
	}
	return diagnosis, ""
}

// portless tells why a service that listens on no port does not answer.
func portless(f Facts, err error) (diagnosis, fix string) {
	refused := (*service.RefusedError)(nil)
	client := (*service.CommandError)(nil)
	switch trace := Raised(f.Log); {
	case trace != "":
		return "the log has an uncaught exception: " + trace, ""
	case errors.As(err, &refused) && f.Source.Cite("timer") != "":
		return fmt.Sprintf("nobody listens on its socket; the source starts work through bpy.app.timers (%s), which never fire in background mode", f.Source.Cite("timer")), ""
	case errors.As(err, &refused):
		return "nobody listens on its socket: the server was never started, the loop that starts it is not driven, or its path is another one", fixSocket
	case errors.As(err, &client):
		return fmt.Sprintf("the client program of the target file (service.command) ends with code %d: %s", client.Code, LastLine(string(client.Stderr))), fixClient
	}
	diagnosis = "it takes requests and never replies: nothing drives its loop on the main thread"
	if at := f.Source.Cite("timer"); at != "" {
		diagnosis += fmt.Sprintf("; the source uses bpy.app.timers (%s), which never fire in background mode", at)
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
	fixEndless = "Write one reply to one request, and close the connection behind it, or end it as the protocol says (service: protocol in the target file)."
	fixClient  = "Start the service and run the client program by hand, in the target file's folder, until it prints the reply: the request is its standard input."
	fixSocket  = "Give the path to the service where it reads it:\n" +
		"    env: {MY_SOCKET: \"{scratch}/my.sock\"}\n" +
		"    service: {protocol: tcp-jsonl, socket: \"{scratch}/my.sock\"}"
	fixPort = "Give {port} to the service where it reads its port, or say which port it always takes:\n" +
		"    env: {MY_PORT: \"{port}\"}     # or launch: {args: [--port, \"{port}\"]}\n" +
		"    service: {port: 8765}"
)

// Endless says whether the error tells of a reply that had no end.
func Endless(err error) bool {
	var bad *service.MalformedError
	return errors.As(err, &bad) && bad.Endless
}

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
