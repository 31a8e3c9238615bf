package checks

import (
	"context"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var sourceNoSIGTERMHandler = contract.Check{
	Name: "source/no-sigterm-handler",
	True: "the add-on, the launch script or what they import installs a handler for SIGTERM",
	Why:  "systemd, Docker and CI end a service by SIGTERM. Without a handler Blender dies of it at once, without unregister; as process 1 of a container it ignores it.",
	How: byTree + "signal.signal and loop.add_signal_handler for SIGTERM, signal.sigwait, and an import of bgcheck's keepalive count; SIG_IGN does not. " +
		"Where none is found SIGTERM is sent, and the check passes when it is handled all the same.",
	Fix: "Before the loop that keeps Blender alive, on the main thread:\n" +
		"    loop.add_signal_handler(signal.SIGTERM, loop.stop)   # asyncio\n" +
		"    signal.signal(signal.SIGTERM, on_signal)             # or: def on_signal(n, f): global keep_running; keep_running = False\n" +
		"pyaddon/keepalive.py does this:\n" +
		"    import keepalive\n" +
		"    keepalive.run()",
	Asks: contract.OwnLives,
	Run:  judgeNoSIGTERMHandler,
}

// judgeNoSIGTERMHandler reads the source for a handler, and believes what stop/sigterm
// measures more than that none was found: one may be installed by a module that
// is not the target's own.
func judgeNoSIGTERMHandler(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Launch.Start != "" {
		return contract.Passed("bgcheck's launcher keeps it alive, and installs the handlers")
	}
	result := rule("no-sigterm-handler")(ctx, s)
	switch result.Verdict {
	case report.Pass:
		result.Seen = "a handler for SIGTERM is installed in the add-on, the launch script or what they import"
		return result
	case report.Warn:
	default:
		return result
	}
	result.Seen = "no handler for SIGTERM; the place before which it belongs: " + strings.TrimPrefix(result.Seen, "found at ")
	measured := s.Verdict(ctx, stopSIGTERM)
	judged := measured.Verdict == report.Pass || measured.Verdict == report.Fail
	if judged && slices.Contains([]string{"", "code", "left", "port", "unregister"}, faultAtSIGTERM(ctx, s)) {
		return contract.Passed("none was found in the source, and yet SIGTERM is handled: a module that is not the target's own does it", result.Evidence...)
	}
	return result
}
