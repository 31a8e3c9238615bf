package contract

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/service"
)

// whyUnready says what was seen of a service that never answered, why, and the
// remedy; "" for start/ready's own.
func (s *Session) whyUnready(ctx context.Context, life *Life, err error) (seen, diagnosis, fix string) {
	diagnosis = whyNotEnabled(life.saw(ctx, "enable"))
	if exit := life.Exit(); exit != nil {
		seen = "it ended before its first answer: " + endOf(exit)
		if diagnosis == "" {
			_, diagnosis = s.whyEnded(ctx, life)
		}
		return seen, diagnosis, ""
	}
	budget := short(s.target.Budgets.Ready)
	seen = fmt.Sprintf("no answer within %s; the process lives; the last attempt: %s", budget, lastAttempt(err))
	if diagnosis == "" {
		diagnosis, fix = s.whySilent(ctx, life, err)
	}
	return seen, diagnosis, fix
}

// whyNotEnabled tells of an add-on that could not be enabled; "" when it was.
func whyNotEnabled(tried []event) string {
	if len(tried) == 0 || tried[len(tried)-1].OK {
		return ""
	}
	e := tried[len(tried)-1]
	if e.Traceback == "" {
		return fmt.Sprintf("the add-on %s was not enabled: Blender does not find a module of that name, and goes on without it", e.Addon)
	}
	return fmt.Sprintf("the add-on %s was not enabled: its import or register() raised %s; Blender prints that and goes on without it",
		e.Addon, lastLine(e.Traceback))
}

// whySilent tells why a living process does not answer, and the remedy; "" for
// start/ready's own.
func (s *Session) whySilent(ctx context.Context, life *Life, err error) (diagnosis, fix string) {
	source := s.sources()
	listeners, listErr := life.Listeners(ctx)
	switch {
	case listErr == nil && s.insideOnly(listeners):
		return fmt.Sprintf("it listens on %s inside the container, where nobody outside can reach it", list(listeners)), fixInside
	case listErr == nil && len(listeners) == 0:
		if trace := traceback(life.Log().Tail(200)); trace != "" {
			return "it listens on no port; the log has an uncaught exception: " + trace, ""
		}
		if at := source.cite("timer"); at != "" {
			return fmt.Sprintf("it listens on no port; the source starts work through bpy.app.timers (%s), which never fire in background mode", at), ""
		}
		return "it listens on no port: the server was never started, or the loop that starts it is not driven", ""
	case strings.Contains(err.Error(), "refused") && len(listeners) > 0:
		return fmt.Sprintf("it listens on %v and not on the port it was given: the setting for the port is not read", listeners), fixPort
	}
	if client := (*service.CommandError)(nil); errors.As(err, &client) {
		return fmt.Sprintf("it listens on %s, and the client program of the target file (service.command) ends with code %d: %s",
			list(listeners), client.Code, lastLine(string(client.Stderr))), fixClient
	}
	diagnosis = "it accepts connections and never replies: nothing drives the server's event loop on the main thread"
	if at := source.cite("timer"); at != "" {
		diagnosis += fmt.Sprintf("; the source uses bpy.app.timers (%s), which never fire in background mode", at)
	} else if at := source.cite("sleep"); at != "" {
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
func (s *Session) insideOnly(listeners []netip.AddrPort) bool {
	return s.backend.Name() == "container" && len(listeners) > 0 &&
		!slices.ContainsFunc(listeners, func(l netip.AddrPort) bool { return !l.Addr().Unmap().IsLoopback() })
}

// whyEnded says how a life ended that nobody asked to end, and why.
func (s *Session) whyEnded(ctx context.Context, life *Life) (seen, diagnosis string) {
	exit := life.Exit()
	if exit == nil {
		return "it runs", ""
	}
	seen = endOf(exit)
	source := s.sources()
	trace := traceback(life.Log().Tail(200))
	switch {
	case exit.OOM:
		return seen, "the kernel ended it for want of memory"
	case exit.Signal != nil && crashed(exit.Signal):
		diagnosis = "Blender crashed" + fatal(life.Log().Tail(200))
		if at := source.cite("thread"); at != "" {
			diagnosis += fmt.Sprintf("; the source runs threads (%s): everything of bpy belongs on the main thread", at)
		}
		return seen, diagnosis
	case exit.Signal != nil && strings.HasPrefix(signalName(exit.Signal), "SIGPIPE"):
		return seen, "a client that went away in mid-reply ended it: SIGPIPE has its default action; call signal.signal(signal.SIGPIPE, signal.SIG_IGN)"
	case exit.Signal != nil:
		return seen, "another process sent it " + signalName(exit.Signal)
	case trace != "" && exit.Code == 0:
		return seen, fmt.Sprintf("an uncaught exception ended the launch script, and Blender exits 0 on that: %s", trace)
	case trace != "":
		return seen, "an uncaught exception ended it: " + trace
	case exit.Code != 0:
		return seen, fmt.Sprintf("it ended itself with code %d; the last line of its output: %s", exit.Code, lastOf(exit.Tail))
	}
	return seen, s.whyReturned(ctx, life)
}

// whyReturned tells why a script came to its end with nothing wrong.
func (s *Session) whyReturned(ctx context.Context, life *Life) string {
	source := s.sources()
	const returned = "the launch script came to its end, and Blender in background mode ends with it"
	switch launch := s.target.Launch; {
	case launch.Script == "" && launch.Start == "":
		return returned + ": the target file starts Blender with the add-on alone, and register() does not keep it alive; give launch.script, or launch.start for our keep-alive" + saidOfBackground(life)
	case launch.Start != "":
		return "our keep-alive found nothing to wait for: after " + launch.Start + " there is no task, server, connection or thread of the add-on's" + saidOfBackground(life)
	}
	if at := source.beside("sleep", "status").cite("status"); at != "" {
		return fmt.Sprintf("%s: the loop that keeps it alive ends on a status (%s)", returned, at)
	}
	if at := source.cite("daemon"); at != "" {
		return fmt.Sprintf("%s: the service runs in a daemon thread (%s), which does not keep the process", returned, at)
	}
	if at := source.cite("timer"); at != "" {
		return fmt.Sprintf("%s: it is kept alive through bpy.app.timers (%s), which never fire in background mode", returned, at)
	}
	if at := source.cite("modal"); at != "" {
		return fmt.Sprintf("%s: it is kept alive by a modal operator (%s), which gets no events in background mode", returned, at)
	}
	return returned + ": nothing keeps it alive"
}

// saidOfBackground quotes what a service that refuses to run says of it.
func saidOfBackground(life *Life) string {
	for _, line := range life.Log().Tail(200) {
		if lower := strings.ToLower(line); strings.Contains(lower, "background mode") && refuses.MatchString(lower) {
			return fmt.Sprintf("; it says: %s", strings.TrimSpace(line))
		}
	}
	return ""
}

var refuses = regexp.MustCompile(`\b(cannot|can't|can not|not supported|unsupported|not available|does not|doesn't|only|refus\w*|requires?|skip\w*|disabled)\b`)

// whyDeaf tells why a service answers at first and then no more.
func (s *Session) whyDeaf(life *Life) string {
	diagnosis := "the process lives and the service has stopped answering: after its first request nothing accepts or drives it"
	if trace := traceback(life.Log().Tail(200)); trace != "" {
		diagnosis += "; the log has an exception: " + trace
	}
	return diagnosis
}

// whyZombie tells why a process goes on over freed data.
func (s *Session) whyZombie() string {
	diagnosis := "the launch script has returned; a non-daemon thread keeps the process and its sockets alive over Blender data that is freed"
	if at := s.sources().cite("thread"); at != "" {
		diagnosis += fmt.Sprintf(" (%s)", at)
	}
	return diagnosis
}

var exceptionLine = regexp.MustCompile(`^[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt|Warning|[A-Z]\w*)?(: .*)?$`)

// traceback is the last line of the last traceback in a log: what was raised.
func traceback(lines []string) string {
	raised := ""
	for i := range lines {
		if !strings.HasSuffix(strings.TrimSpace(lines[i]), "Traceback (most recent call last):") {
			continue
		}
		for _, line := range lines[i+1:] {
			if line == "" || strings.HasPrefix(line, " ") {
				continue
			}
			if exceptionLine.MatchString(line) {
				raised = line
			}
			break
		}
	}
	return raised
}

// fatal is what Python said when it aborted, for the end of a diagnosis; "" when
// it did not.
func fatal(lines []string) string {
	for _, line := range lines {
		if strings.HasPrefix(line, "Fatal Python error: ") {
			return ": " + line
		}
	}
	return ""
}

// lastAttempt is the cause of a readiness wait that ran out.
func lastAttempt(err error) string {
	var wrapped *harness.Error
	if errors.As(err, &wrapped) {
		return firstLine(wrapped.Err)
	}
	return firstLine(err)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// lastOf is the last line that says something.
func lastOf(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line != "" && line != "Blender quit" {
			return line
		}
	}
	return "(none)"
}
