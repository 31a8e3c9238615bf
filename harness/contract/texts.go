package contract

// words are what is said of a check everywhere: in `make explain`, in the
// report and in the README.
type words struct {
	true, why, how, fix string
	plain               string // the fix for code without asyncio; "" where fix fits both
}

// ignoreSignals are lines of the remedy for a second signal.
const ignoreSignals = "    for number in (signal.SIGTERM, signal.SIGINT):\n" +
	"        signal.signal(number, signal.SIG_IGN)"

// explained is the one source of these texts. "true" completes the sentence
// "The check passes when ...".
var explained = map[string]words{
	"start/ready": {
		true: "the service answers a request within the ready budget after the launch, and goes on",
		why: "Who starts the service must know when it can be used. An accepted connection proves nothing: a proxy, or " +
			"a socket whose event loop is not driven, accepts as well.",
		how: "Blender is launched as the target file says. The first request of the target file (ready, echo or exec) is sent " +
			"until a whole reply comes, Blender ends, or the budget is over; two more requests follow 0.3 s later.",
		fix: "Keep the script running on the main thread for as long as the service shall live, and drive the event loop there:\n" +
			"    import keepalive  # pyaddon/keepalive.py, copied beside the script\n" +
			"    my_addon.start_server()\n" +
			"    keepalive.run()\n" +
			"In background mode Blender ends when the script does; daemon threads, timers and modal operators do not keep it.",
	},
	"start/enabled": {
		true: "the add-on is enabled and its register() raised nothing",
		why:  "Blender prints the traceback of a register() that raises, goes on without the add-on, and exits 0.",
		how:  "A witness script inside Blender notes what addon_utils.enable returned and what was raised in it.",
		fix: "Let register() work in background mode: do there only what needs no window, and import optional modules where they are used.\n" +
			"Check the module's name in the target file (module), and the modules that it needs (requires).",
	},
	"start/port-busy": {
		true: "on a port that is taken it ends with a code other than 0 and says so: it does not live on, nor take another port",
		why:  "A service that lives on without its port looks well to whoever watches the process, and its clients speak to another program.",
		how:  "The harness listens on a port of 127.0.0.1 and of ::1 and launches the service with it; it must end by itself and name the port, or say \"in use\".",
		fix: "Let the error of the bind reach the end of the process:\n" +
			"    try:\n" +
			"        server = loop.run_until_complete(loop.create_server(Protocol, \"127.0.0.1\", port))\n" +
			"    except OSError as error:\n" +
			"        print(\"cannot listen on port %d: %s\" % (port, error), file=sys.stderr, flush=True)\n" +
			"        sys.exit(1)\n" +
			"An uncaught exception does not do it: Blender exits 0 on that unless --python-exit-code 1 stands before --python.",
		plain: "Let the error of the bind reach the end of the process:\n" +
			"    try:\n" +
			"        listener.bind((\"127.0.0.1\", port))       # or Server((\"127.0.0.1\", port), Handler)\n" +
			"    except OSError as error:\n" +
			"        print(\"cannot listen on port %d: %s\" % (port, error), file=sys.stderr, flush=True)\n" +
			"        sys.exit(1)\n" +
			"Bind before a thread is started: an exception in a thread ends nothing. One on the main thread that nobody catches does not do it " +
			"either: Blender exits 0 on that unless --python-exit-code 1 stands before --python.",
	},
	"start/bad-config": {
		true: "an invalid setting is refused with a code other than 0 and a message that names it: it is never replaced by a default in silence",
		why:  "A service that takes a default for a mistyped setting runs somewhere else than its operator believes.",
		how:  "It is launched once with each setting under `refuses` in the target file; by default a word and 70000 are given as port.",
		fix: "Check settings before anything is started:\n" +
			"    text = os.environ.get(\"MY_PORT\", \"23333\")   # or an argument behind --\n" +
			"    if not text.isdigit() or int(text) > 65535:\n" +
			"        print(\"MY_PORT=%r is not a port (0 to 65535)\" % text, file=sys.stderr, flush=True)\n" +
			"        sys.exit(2)",
	},
	"start/loopback-only": {
		true: "it listens on loopback addresses alone, unless the target file declares otherwise (listens: any)",
		why:  "A service that runs Python for its clients must not be open to every machine of the network.",
		how:  "The addresses on which the process and its children listen are read from the system.",
		fix: "Bind 127.0.0.1, not \"\", 0.0.0.0 or ::\n" +
			"    server.bind((\"127.0.0.1\", port))",
	},

	"alive/stays": {
		true: "after a quiet window the process lives and answers",
		why:  "A process whose add-on is dead is alive and idle too. Only a reply shows that the service is still there.",
		how:  "Blender is left alone for the quiet window of the target file, then asked. One window serves idle/* as well.",
		fix: "Let the loop on the main thread end for one reason alone: that it was asked to.\n" +
			"    while not stop_requested:\n" +
			"        if async_loop.kick_async_loop():\n" +
			"            break\n" +
			"        time.sleep(0.05)\n" +
			"Do not end it on a status such as service.is_running(), and keep the listening socket open after a client has come.",
		plain: "Let the loop on the main thread end for one reason alone: that it was asked to.\n" +
			"    while not stopping.is_set():\n" +
			"        try:\n" +
			"            job = work.get(timeout=0.5)   # threads take requests, the main thread does the work\n" +
			"        except queue.Empty:\n" +
			"            continue\n" +
			"        job()\n" +
			"Do not end it on a status such as service.is_running(), and keep the listening socket open after a client has come.",
	},
	"alive/scene": {
		true: "bpy.data is still populated while the service answers",
		why: "When the script returns, Blender frees its data and waits for threads that are no daemons. A server in such a " +
			"thread goes on answering over an empty bpy.data, and crashes sooner or later.",
		how: "The witness notes when Python begins to end; where there is an exec request, len(bpy.data.scenes) is read through it.",
		fix: "Do not let the script return while the service lives: run the loop on the main thread, and hand work from threads to it.\n" +
			"    import keepalive\n" +
			"    keepalive.run()",
	},
	"alive/bad-input": {
		true: "after each of a corpus of broken requests it still answers, and each that can be told got a clear error",
		why:  "Sooner or later something else connects: a port scanner, a browser, an older client. One bad request must not end the service for all.",
		how: "Not JSON, bytes that are not UTF-8, NUL bytes, half a request, a reset in its middle, wrong types, deep nesting, 1 MiB of junk: " +
			"each on a connection of its own, and after each a good request must be answered. Where a client program speaks to the service, " +
			"it gets what strangers send: a browser's request, junk, resets.",
		fix: "Catch what a request can cause where the request is handled, and answer:\n" +
			"    try:\n" +
			"        request = json.loads(data.decode(\"utf-8\"))\n" +
			"        if not isinstance(request, dict):\n" +
			"            raise ValueError(\"the request is not a JSON object\")\n" +
			"        reply = handle(request)\n" +
			"    except (ValueError, RecursionError) as error:\n" +
			"        reply = {\"ok\": False, \"error\": {\"type\": type(error).__name__, \"message\": str(error)}}",
	},
	"alive/client-code": {
		true: "client code that raises, calls sys.exit or loads another file does not end the service",
		why:  "Client code is not the service's code: what ends it must not end the service for the others.",
		how: "On a life of its own: exec of code that raises, that calls sys.exit(3), that opens another .blend file, that loads an empty " +
			"one; after each a request must be answered, and at the end code must still run.",
		fix: "Catch BaseException around exec: SystemExit is no Exception.\n" +
			"    try:\n" +
			"        exec(compile(code, \"<request>\", \"exec\"), {\"bpy\": bpy})\n" +
			"    except BaseException as error:\n" +
			"        return failure(error)\n" +
			"Keep the service's state in the module, not in the scene: loading a file replaces all scenes.",
	},
	"alive/restart": {
		true: "stopped and started again at once on the same port, it answers",
		why:  "Supervisors restart a service at once; a port that stays blocked for a minute makes each restart an outage.",
		how:  "The life in use is stopped by SIGTERM (or killed) after it has served connections, and another is launched with the same port.",
		fix: "Set SO_REUSEADDR before bind (asyncio does so by itself on POSIX, socketserver does not):\n" +
			"    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n" +
			"    # or: class Server(socketserver.TCPServer): allow_reuse_address = True",
	},

	"echo/round-trip": {
		true: "what was sent comes back: plain, unicode, in single bytes, 1 MiB, and 64 MiB (which a limit may refuse)",
		why:  "TCP delivers a stream of bytes, cut anywhere. Code that takes one read for one request works on the desk and fails on the network.",
		how:  "Each message goes out on a connection of its own and is looked for in the reply; one is sent byte by byte.",
		fix: "Collect bytes until the request is complete, then decode:\n" +
			"    def data_received(self, data):\n" +
			"        self.buffer += data\n" +
			"        if self.buffer.rstrip().endswith(b\"}\"):\n" +
			"            try:\n" +
			"                request = json.loads(self.buffer.decode(\"utf-8\"))\n" +
			"            except ValueError:\n" +
			"                return  # more is to come\n" +
			"            self.answer(request)\n" +
			"With asyncio streams give start_server(..., limit=LARGE): the default is 64 KiB.",
		plain: "recv gives what has come, not a request: collect bytes until the request is complete, then decode:\n" +
			"    buffer = bytearray()\n" +
			"    while True:\n" +
			"        data = connection.recv(65536)\n" +
			"        if not data:\n" +
			"            return\n" +
			"        buffer += data\n" +
			"        if data.rstrip().endswith(b\"}\"):\n" +
			"            try:\n" +
			"                request = json.loads(buffer.decode(\"utf-8\"))\n" +
			"                break\n" +
			"            except ValueError:\n" +
			"                pass  # more is to come\n" +
			"Where a length stands before the message, read until so many bytes are there; recv(length) may give fewer. Answer with sendall, not send.",
	},
	"echo/concurrent": {
		true: "32 clients at once each get their own answer",
		why:  "State kept in the service and not in the connection is overwritten by the next client.",
		how:  "32 connections are opened; when all are, each sends a text of its own, which its reply must hold, and no other's.",
		fix:  "Keep buffers and replies in the connection's object (asyncio.Protocol makes one for each), and listen with a backlog of 100.",
		plain: "Keep buffers and replies in the connection's handler, not in the module or the server, and listen with a backlog of 100:\n" +
			"    server.listen(100)   # socketserver: request_queue_size = 100",
	},

	"exec/takes-effect": {
		true: "the code changed bpy.data, seen by a side effect and not by the reply",
		why:  "In background mode bpy.app.timers never fire. A service that schedules code by a timer says OK and runs nothing.",
		how: "One request makes a text in bpy.data and writes a file into the scratch folder, another reads the text back and writes what it " +
			"found. Both files must come within 5 s of the reply.",
		fix: "Run the code where the request is handled, on the main thread:\n" +
			"    exec(compile(code, \"<request>\", \"exec\"), {\"bpy\": bpy})\n" +
			"In place of bpy.app.timers.register(run), which is right only in a window:\n" +
			"    if bpy.app.background:\n" +
			"        run()\n" +
			"    else:\n" +
			"        bpy.app.timers.register(run)\n" +
			"Where threads put the code into a queue and a timer empties it, empty it in the loop that keeps Blender alive:\n" +
			"    while running:\n" +
			"        drain()\n" +
			"        time.sleep(0.05)",
	},
	"exec/main-thread": {
		true: "the code ran on the main thread",
		why:  "Blender's data and operators are not made for threads: a worker that calls bpy.ops while the main thread works crashes Blender (3 runs of 3).",
		how:  "The code writes whether threading.current_thread() is threading.main_thread() into the scratch folder.",
		fix: "Let threads take requests and the main thread run them:\n" +
			"    work = queue.Queue()              # threads: work.put((code, reply))\n" +
			"    while not stop_requested:         # main thread\n" +
			"        try:\n" +
			"            code, reply = work.get(timeout=0.1)   # without a timeout no signal would end it\n" +
			"        except queue.Empty:\n" +
			"            continue\n" +
			"        reply(run(code))\n" +
			"Or drive one event loop on the main thread, and no threads at all.",
	},
	"exec/reports-errors": {
		true: "a raised exception comes back with its traceback; a syntax error too",
		why:  "A client that gets OK, or nothing, for code that failed cannot know that it failed, nor why.",
		how:  "Code that raises ValueError with a computed text, and code that is no Python, are sent; the replies must hold the name, the text and a line number.",
		fix: "Answer with the exception:\n" +
			"    except BaseException as error:\n" +
			"        reply = {\"ok\": False, \"error\": {\n" +
			"            \"type\": type(error).__name__,\n" +
			"            \"message\": str(error),\n" +
			"            \"traceback\": traceback.format_exc(),\n" +
			"        }}",
	},
	"exec/serial": {
		true: "concurrent exec requests neither crash it nor run into each other",
		why:  "Code that is interrupted by another client's code finds Blender's data changed between two of its lines.",
		how:  "Eight requests at once each note their begin and end in one file; each begin must be followed by its own end.",
		fix:  "Run one code to its end before the next: on the main thread, without turning the event loop in between, or with a lock around exec.",
	},
	"exec/slow": {
		true: "while a slow exec runs nothing is lost, and all waiting clients are answered after it",
		why:  "A render or an import takes longer than a request. Who comes meanwhile must wait, not be dropped.",
		how:  "Code that takes a second is sent; eight clients ask meanwhile. All of them, and the slow one, must be answered.",
		fix:  "Leave waiting connections in the backlog (listen(100)), and let no time limit of the service run while code runs.",
	},

	"stop/sigterm": {
		true: "SIGTERM ends it with exit code 0 within the stop budget; the port is free, no process is left, unregister ran",
		why: "systemd, Docker and CI end a service by SIGTERM. Without a handler Blender dies in 10 ms: no atexit, no unregister, " +
			"buffered output lost; as process 1 of a container it does not end at all.",
		how: "SIGTERM is sent to Blender alone. The exit code, the time, its descendants, the port and what the witness saw of unregister() are judged.",
		fix: "Install a handler on the main thread that ends the loop, then clean up and exit 0:\n" +
			"    loop.add_signal_handler(signal.SIGTERM, loop.stop)   # asyncio\n" +
			"    signal.signal(signal.SIGTERM, on_signal)             # or: def on_signal(n, f): global keep_running; keep_running = False\n" +
			"pyaddon/keepalive.py does this.",
		plain: "Install a handler on the main thread that ends the loop, then clean up and exit 0:\n" +
			"    stopping = threading.Event()\n" +
			"    for number in (signal.SIGTERM, signal.SIGINT):\n" +
			"        signal.signal(number, lambda number, frame: stopping.set())\n" +
			"    while not stopping.is_set():\n" +
			"        work_for(0.5)          # wait with a timeout: a signal does not end an endless wait for a queue\n" +
			"    server.shutdown()          # from another thread than serve_forever's\n" +
			"    server.server_close()\n" +
			"    sys.exit(0)",
	},
	"stop/sigint": {
		true: "the first SIGINT ends it in the same way",
		why:  "Blender swallows the first Ctrl+C in background mode and KeyboardInterrupt is never raised: without a handler it takes two, and the code is 2.",
		how:  "One SIGINT is sent to Blender alone, and judged as stop/sigterm.",
		fix: "Handle SIGINT as SIGTERM:\n" +
			"    for number in (signal.SIGTERM, signal.SIGINT):\n" +
			"        loop.add_signal_handler(number, loop.stop)",
		plain: "Handle SIGINT as SIGTERM:\n" +
			"    for number in (signal.SIGTERM, signal.SIGINT):\n" +
			"        signal.signal(number, lambda number, frame: stopping.set())",
	},
	"stop/twice": {
		true: "two SIGTERMs a moment apart end it as one does, and clean up once",
		why:  "Supervisors send a signal to a group and to its leader; impatient people press Ctrl+C twice. The second must not break the clean-up of the first.",
		how:  "SIGTERM is sent, and again 30 ms later if it still runs.",
		fix: "Let the handler only note the request, and nothing more the second time:\n" +
			"    def on_signal(number, frame):\n" +
			"        global keep_running\n" +
			"        keep_running = False\n" +
			"and ignore further signals once the loop has ended; loop.close() puts their own action back:\n" +
			ignoreSignals,
	},
	"stop/during-exec": {
		true: "a SIGTERM that comes while client code runs ends it in the same way, after that code",
		why: "A handler that raises SystemExit raises it inside the client's code, where the service catches it as the client's error: the signal is lost. " +
			"A clean-up that waits for all clients waits for ever when nobody runs their code any more.",
		how: "Code that takes a second is sent; when it has begun, another client's, and SIGTERM. One second is added to the stop budget.",
		fix: "Do not call sys.exit in the handler: set a flag or use loop.add_signal_handler, and end the loop when the code has returned.\n" +
			"    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())\n" +
			"Before you wait for threads of clients, give those that wait for the main thread an answer: we are ending.",
	},
	"stop/during-start": {
		true: "a SIGTERM during the start ends it, and leaves nothing",
		why:  "A service that forgets a signal which came too early hangs until it is killed, and its supervisor with it.",
		how: "SIGTERM is sent as soon as the add-on has been enabled. Before a handler is installed the signal's own action is right, so " +
			"any end within the budget passes that is no crash and leaves no process and no port behind.",
		fix: "Install the handlers before the server is started, and do not set the flag back when the loop begins:\n" +
			"    keep_running = True\n" +
			"    install_handlers()\n" +
			"    start_server()\n" +
			"    while keep_running: ...",
	},
	"stop/request": {
		true: "the service's own stop request ends it in the same way",
		why:  "bpy.ops.wm.quit_blender returns FINISHED in background mode and does nothing.",
		how:  "The stop request of the target file is sent; the end is judged as stop/sigterm.",
		fix: "Let the request end the loop, after its reply has been sent:\n" +
			"    reply({\"ok\": True})\n" +
			"    loop.call_soon(loop.stop)",
		plain: "Let the request end the loop, after its reply has been sent:\n" +
			"    connection.sendall(reply)\n" +
			"    stopping.set()             # the loop on the main thread looks at it",
	},
	"stop/as-pid-1": {
		true: "SIGTERM ends it in the same way as process 1 of a container, without an init",
		why: "`docker run image blender ...` makes Blender process 1, and the kernel drops signals to process 1 that have no handler: " +
			"`docker stop` waits for 10 s, kills it, and reports 137. No unregister, buffered output lost, and each deployment 10 s longer.",
		how: "On the container backend Blender is started as process 1, without an init; SIGTERM is sent, and the end judged as stop/sigterm. Elsewhere it is skipped.",
		fix: "Install a handler, which process 1 gets as any other process does:\n" +
			"    loop.add_signal_handler(signal.SIGTERM, loop.stop)   # asyncio\n" +
			"    signal.signal(signal.SIGTERM, on_signal)             # or: def on_signal(n, f): global keep_running; keep_running = False\n" +
			"pyaddon/keepalive.py does this. With an init (docker run --init, or init: true in compose.yaml) the signal is no longer\n" +
			"ignored, and without a handler it still ends Blender with 143 and without clean-up.",
	},

	"idle/cpu": {
		true: "CPU time over the quiet window, as a share of one core, is within the budget",
		why:  "Many services idle most of the time, side by side on one machine.",
		how:  "The CPU clocks of the process and its children are read before and after the quiet window.",
		fix: "Wait for work instead of looking for it: run the event loop (run_forever on the main thread), or sleep in each turn:\n" +
			"    while not stop_requested:\n" +
			"        if async_loop.kick_async_loop():\n" +
			"            break\n" +
			"        time.sleep(0.05)",
		plain: "Wait for work instead of looking for it, with a timeout so that a signal is seen:\n" +
			"    while not stopping.is_set():\n" +
			"        try:\n" +
			"            job = work.get(timeout=0.5)\n" +
			"        except queue.Empty:\n" +
			"            continue\n" +
			"        job()",
	},
	"idle/wakeups": {
		true: "voluntary context switches a second over the quiet window are within the budget",
		why:  "Each wake-up costs energy and takes the core from someone else, even when it uses no CPU time to speak of.",
		how:  "The context switches of all threads are read before and after the quiet window.",
		fix:  "Wait in the selector of the event loop, or in queue.get() without a timeout, instead of sleeping 1 ms in a loop; 50 ms give 20 a second.",
	},
	"idle/responsive": {
		true: "the first request after the quiet window is answered within the latency budget, and as fast as the others",
		why:  "A keep-alive loop that sleeps for a second answers a second late, and an asyncio server needs several turns a request.",
		how: "The first request after the quiet window, four after short pauses and five one after the other are timed. What is more than " +
			"ten times and 50 ms slower than usual, or over the budget, is measured again in another window before it counts.",
		fix: "Drive the loop by its own selector (pyaddon/keepalive.py: 0.2 ms a request), or sleep 50 ms at most in each turn:\n" +
			"    time.sleep(0.05)",
		plain: "Wait where the work comes in, and not for a time: work.get(timeout=0.5) returns as soon as there is a job; sleep(1) does not.",
	},
	"idle/memory": {
		true: "memory is flat over a thousand requests",
		why:  "A service that keeps something of every request is ended by the kernel after days, and nobody knows why.",
		how:  "After 300 requests the resident memory is read before and after 1000 more; growth over the budget must show twice.",
		fix:  "Drop finished tasks, connections and requests: no list or cache without a bound; keep references to asyncio tasks only until they are done.",
	},
	"idle/handles": {
		true: "descriptors and threads are flat over many requests",
		why:  "A process may open 1024 descriptors by default; the next connection after that is refused.",
		how:  "After 100 requests descriptors and threads are counted before and after 200 more, once all connections are closed.",
		fix: "Close what a request opens, also when it fails:\n" +
			"    try:\n" +
			"        ...\n" +
			"    finally:\n" +
			"        writer.close()",
		plain: "Close what a request opens, also when it fails:\n" +
			"    with connection:\n" +
			"        ...",
	},
}
