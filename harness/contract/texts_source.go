package contract

const byTree = "Blender's own Python parses the add-on and the launch script; the syntax tree is searched, nothing is run. "

// explainedToo are the texts of tidy/* and source/*.
var explainedToo = map[string]words{
	"tidy/cycle": {
		true: "disable and enable again works, and leaves no property, class, handler, timer, thread or port behind",
		why:  "Add-ons are reloaded by their authors and updated by their users; what is left behind runs twice, or points to code that is gone.",
		how:  "In a Blender of its own it is enabled, disabled, enabled and disabled; what Blender holds before and after is compared.",
		fix: "Undo in unregister() what register() did, in the reverse order:\n" +
			"    def unregister():\n" +
			"        bpy.app.handlers.load_post.remove(on_load)\n" +
			"        del bpy.types.Scene.my_property\n" +
			"        bpy.utils.unregister_class(MyOperator)",
	},
	"tidy/writes": {
		true: "it wrote only inside its own folders: profile, temporary folder, scratch folder",
		why:  "A file in the home folder is shared by all instances, and is still there when the add-on is not.",
		how:  "An audit hook in Blender's Python notes each file that is opened for writing, made, renamed or removed, from before the add-on is enabled to the end; the home folder is looked through as well.",
		fix: "Write to the add-on's own folder or a temporary one:\n" +
			"    folder = bpy.utils.user_resource(\"DATAFILES\", path=\"my_addon\", create=True)\n" +
			"    with tempfile.TemporaryDirectory() as folder: ...",
	},
	"source/new-loop": {
		true: "no thread makes an event loop of its own",
		why:  "What runs on a second loop runs on another thread than Blender's; objects of one loop used on another fail at random.",
		how:  byTree + "Functions given to threads and executors, and what they call in the same file, must not call new_event_loop or asyncio.run.",
		fix:  "Drive one loop on the main thread, and put work from threads onto it:\n    loop.call_soon_threadsafe(callback)",
	},
	"source/run-forever-in-thread": {
		true: "no thread runs an event loop by run_forever",
		why:  "The loop's callbacks run on that thread, and so does all code that they execute; Blender's data belongs to the main thread.",
		how:  byTree + "run_forever must not be a thread's target, nor be called in one.",
		fix:  "Run the loop on the main thread; it keeps Blender alive as well:\n    loop.run_forever()   # or pyaddon/keepalive.py",
	},
	"source/exit-on-status": {
		true: "the keep-alive loop does not end because a status says so",
		why:  "A status is wrong for a moment (while starting, after a file was loaded), and the whole Blender ends for it.",
		how:  byTree + "A while loop outside of threads that leaves on `if not x.is_running()`, `if not scene.running` and the like is reported.",
		fix: "End the loop for its own reasons alone, a flag set by a signal or a loop without work:\n" +
			"    while keep_running:\n" +
			"        if async_loop.kick_async_loop():\n" +
			"            break\n" +
			"        time.sleep(0.05)",
	},
	"source/long-sleep": {
		true: "no loop on the main thread sleeps longer than 0.1 s a turn",
		why:  "A request waits for the end of the sleep, an asyncio server for several of them: with 1 s a request takes up to five seconds.",
		how:  byTree + "time.sleep of a constant over 0.1 in a while loop outside of threads is reported, unless the loop does nothing else: then no request waits for it.",
		fix:  "Sleep less a turn:\n    time.sleep(0.05)\nor wait for the work itself: run_forever, select, queue.get.",
	},
	"source/no-sleep": {
		true: "no loop on the main thread turns without waiting",
		why:  "A loop that kicks an event loop without a pause takes a whole core, for nothing.",
		how:  byTree + "A while loop outside of threads that kicks an event loop, or does nothing, and neither sleeps nor waits is reported.",
		fix:  "Sleep in each turn:\n    time.sleep(0.05)\nor wait for the work itself: run_forever, select, queue.get.",
	},
	"source/timer-exec": {
		true: "no code is run by bpy.app.timers without asking for background mode first",
		why:  "In background mode timers never fire: the code is accepted and never run.",
		how:  byTree + "bpy.app.timers.register with a function that calls exec or eval is reported, unless the code around it looks at bpy.app.background.",
		fix: "Ask for background mode first:\n" +
			"    if bpy.app.background:\n" +
			"        run()\n" +
			"    else:\n" +
			"        bpy.app.timers.register(run)",
	},
	"source/context": {
		true: "bpy.context is not used where bpy.data would do",
		why:  "bpy.context is what is active just now: in background mode nobody chooses it (what a client's code or the loaded file left active counts), and all that comes from an editor is missing. bpy.data is the same in every mode.",
		how:  byTree + "bpy.context.scene, object, active_object, collection and view_layer outside of operators and panels are reported.",
		fix:  "Name what is meant:\n    scene = bpy.data.scenes[0] if bpy.data.scenes else None",
	},
	"source/no-sigterm-handler": {
		true: "the add-on, the launch script or what they import installs a handler for SIGTERM",
		why:  "systemd, Docker and CI end a service by SIGTERM. Without a handler Blender dies of it at once, without unregister; as process 1 of a container it ignores it.",
		how: byTree + "signal.signal and loop.add_signal_handler for SIGTERM, signal.sigwait, and an import of bgcheck's keepalive count; SIG_IGN does not. " +
			"Where none is found SIGTERM is sent, and the check passes when it is handled all the same.",
		fix: "Before the loop that keeps Blender alive, on the main thread:\n" +
			"    loop.add_signal_handler(signal.SIGTERM, loop.stop)   # asyncio\n" +
			"    signal.signal(signal.SIGTERM, on_signal)             # or: def on_signal(n, f): global keep_running; keep_running = False\n" +
			"pyaddon/keepalive.py does this:\n" +
			"    import keepalive\n" +
			"    keepalive.run()",
	},
}
