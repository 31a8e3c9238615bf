package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopSIGTERM = contract.Check{
	Name: "stop/sigterm",
	True: "SIGTERM ends it with exit code 0 within the stop budget; the port is free, no process is left, unregister ran",
	Why: "systemd, Docker and CI end a service by SIGTERM. Without a handler Blender dies in 10 ms: no atexit, no unregister, " +
		"buffered output lost; as process 1 of a container it does not end at all.",
	How: "SIGTERM is sent to Blender alone. The exit code, the time, its descendants, the port and what the witness saw of unregister() are judged.",
	Fix: "Install a handler on the main thread that ends the loop, then clean up and exit 0:\n" +
		"    loop.add_signal_handler(signal.SIGTERM, loop.stop)   # asyncio\n" +
		"    signal.signal(signal.SIGTERM, on_signal)             # or: def on_signal(n, f): global keep_running; keep_running = False\n" +
		"pyaddon/keepalive.py does this.",
	FixPlain: "Install a handler on the main thread that ends the loop, then clean up and exit 0:\n" +
		"    stopping = threading.Event()\n" +
		"    for number in (signal.SIGTERM, signal.SIGINT):\n" +
		"        signal.signal(number, lambda number, frame: stopping.set())\n" +
		"    while not stopping.is_set():\n" +
		"        work_for(0.5)          # wait with a timeout: a signal does not end an endless wait for a queue\n" +
		"    server.shutdown()          # from another thread than serve_forever's\n" +
		"    server.server_close()\n" +
		"    sys.exit(0)",
	Asks:   contract.OwnLives,
	Hosted: contract.Beside,
	Works:  true,
	Run:    judgeSIGTERM,
}

// judgeSIGTERM is judged first of its area: what else stops a service is of no
// use to judge when this fails.
func judgeSIGTERM(ctx context.Context, s *contract.Session) report.Result {
	seen, err := atSIGTERM.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	return seen.end.result(s)
}
