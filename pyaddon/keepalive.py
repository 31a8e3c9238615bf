"""Keep `blender --background` alive by driving the asyncio loop on the main thread.

One file, standard library only: copy it beside your script or into your add-on.

    import my_addon, keepalive
    my_addon.start()
    keepalive.run(cleanup=my_addon.stop)  # does not return: ends with sys.exit

It drives the loop that exists (one is made only when there is none) until SIGINT or SIGTERM,
stop(), or until the loop has no more work: no task, no open server or connection, no call due,
no live thread of the script's. Then it cleans up, once, cancels the tasks left, and ends.

Exit status 0 is a clean end, 1 that a callback, a task, the loop or the clean-up raised: that is
printed with its traceback and ends the service (unless the loop has its own exception handler).
What a single connection's protocol or stream handler raises is printed and ends nothing.
SystemExit in the loop ends it with its code; a text is printed, with status 0. Signals after
the first are ignored; the third ends the process at once, without clean-up.

By default the main thread sleeps in the loop's selector: data, signals and other threads wake it
at once, idle costs nothing. With async_loop= it does what the seeds do: `while running: if
async_loop.kick_async_loop(): break; sleep(interval)`. Where signals cannot wake the loop
(Windows) it looks for them every `interval` seconds. In a window there is nothing to keep alive.
"""
import asyncio
import atexit
import concurrent.futures
import gc
import os
import signal
import sys
import threading
import time
import traceback
import types
import warnings
from typing import Any, Callable, Dict, List, Optional

try:
    import bpy
except ImportError:  # plain Python
    bpy = None

GRACE = 2.0  # seconds that cancelled tasks get to end
TURNS = 64  # turns of the loop in one kick, at most
SIGNALS = (signal.SIGINT, signal.SIGTERM)

# What all copies of this file in one process share, whatever module name each has.
_shared: Any = sys.modules.setdefault("_keepalive_shared", types.ModuleType("_keepalive_shared"))
if not hasattr(_shared, "queue"):
    _shared.loop = _shared.driver = _shared.bridge = None
    _shared.queue, _shared.signals = [], []  # what was submitted; signal numbers, as they came
    _shared.ended = False


def main_loop() -> asyncio.AbstractEventLoop:
    """The main thread's event loop; one is made only when there is none or it is closed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            loop: Any = asyncio.get_event_loop()
        except RuntimeError:  # Python 3.14, or after asyncio.run()
            loop = None
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    _shared.loop = loop
    return loop


def has_work(loop: Any) -> bool:
    """True while a task is not done, a server or connection is open, or a call is due."""
    calls = list(getattr(loop, "_ready", ())) + list(getattr(loop, "_scheduled", ()))
    return (_open_files(loop) or not all(call.cancelled() for call in calls)
            or bool(asyncio.all_tasks(loop)))


def _open_files(loop: Any) -> bool:
    selector = getattr(loop, "_selector", None)
    files = selector.get_map() if selector is not None else None
    # One is the loop's own, to wake it. A Proactor (Windows) keeps its servers elsewhere.
    return len(files or ()) > 1 or bool(getattr(loop, "_accept_futures", None))


def kick_async_loop(*_args: Any) -> bool:
    """Run what is ready, without waiting. True when the loop has no more work."""
    loop: Any = main_loop()
    for _ in range(TURNS):
        loop.call_soon(loop.stop)
        loop.run_forever()
        selector = getattr(loop, "_selector", None)
        if not getattr(loop, "_ready", None) and (selector is None or not selector.select(0)):
            break
    return not has_work(loop)


def submit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> "concurrent.futures.Future":
    """Call function on the main thread, from any other, and return its future.

    RuntimeError once the keep-alive has ended."""
    if _shared.ended:
        raise RuntimeError("submit %r: the keep-alive has ended" % (function,))
    future: Any = concurrent.futures.Future()
    _shared.queue.append((future, function, args, kwargs))
    if _shared.loop is not None:  # otherwise prepare() or run() sees to it
        _shared.loop.call_soon_threadsafe(_run_submitted)
    return future


def _run_submitted() -> None:
    while _shared.queue:
        future, function, args, kwargs = _shared.queue.pop(0)
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as error:  # the caller's, whatever it is
                future.set_exception(error)


def prepare() -> asyncio.AbstractEventLoop:
    """Get ready before the service starts: from now on a signal is remembered and ends run() at
    once, and SIGPIPE is ignored. Returns the loop. run() does it too."""
    loop = main_loop()
    _shared.ended = False
    if hasattr(signal, "SIGPIPE"):  # Blender 4.3 leaves it deadly
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    for number in SIGNALS:
        signal.signal(number, _remember_signal)
    loop.call_soon(_run_submitted)
    return loop


def _remember_signal(number: int, _frame: Any) -> None:
    _shared.signals.append(number)
    if len(_shared.signals) >= 3:
        os.write(2, b"keepalive: third signal, ending without clean-up\n")
        os._exit(128 + number)


def signalled() -> bool:
    """True once SIGINT or SIGTERM has come after prepare()."""
    return bool(_shared.signals)


def stop(code: int = 0) -> None:
    """Ask the running keep-alive to end with this exit status; from any thread."""
    if _shared.driver is None:
        raise RuntimeError("stop: the keep-alive is not running")
    _shared.loop.call_soon_threadsafe(_shared.driver.stop, code)


def bridge_timers() -> None:
    """Run on the loop, at its time, what is registered with bpy.app.timers, until the end.

    Blender never fires these in background mode. Call it before add-ons are enabled: a timer
    registered earlier fires at once, and `from bpy.app.timers import register` done earlier is
    out of reach. A timer that kicks the loop is dropped, for the loop runs already. As in
    Blender, an exception drops a timer, another file those that are not persistent."""
    if bpy is not None and bpy.app.background and _shared.bridge is None:
        _shared.bridge = _TimerBridge(main_loop(), bpy.app.timers, bpy.app.handlers.load_pre)


def run(async_loop: Any = None, interval: float = 0.05, cleanup: Optional[Callable] = None,
        drive: Optional[str] = None, timers: Optional[bool] = None, threads: bool = True,
        exit: bool = True) -> int:
    """Drive the loop to its end, clean up, and leave with sys.exit.

    async_loop  the add-on's module (or object) with kick_async_loop() -> bool
    interval    seconds between two kicks
    cleanup     called once before the end; may be a coroutine function
    drive       "selector" (default) or "kick" (default with async_loop)
    timers      bridge_timers(); default: with "selector" yes, with "kick" no
    threads     with "selector", live threads count as work; pool workers never do
    exit        False returns the status instead; in a window it returns 0 at once
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("keepalive.run: not on the main thread")
    drive = drive or ("selector" if async_loop is None else "kick")
    if drive not in ("selector", "kick"):
        raise ValueError("keepalive.run: drive is %r, not 'selector' or 'kick'" % (drive,))
    if bpy is not None and not bpy.app.background:
        return 0
    if timers or (timers is None and drive == "selector"):
        bridge_timers()
    code = _Driver(async_loop, interval, cleanup, threads).run(drive)
    if exit:
        sys.exit(code)
    return code


class _Driver:
    def __init__(self, async_loop: Any, interval: float, cleanup: Any, threads: bool) -> None:
        self.loop: Any = prepare()
        self.kick = async_loop.kick_async_loop if async_loop else kick_async_loop
        self.interval, self.cleanup, self.threads = interval, cleanup, threads
        self.code = 0
        self.stopped = self.finished = False
        self.watcher: Optional[threading.Thread] = None
        _shared.driver = self
        if self.loop.get_exception_handler() is None:  # the author's own is left alone
            self.loop.set_exception_handler(self.on_exception)

    def run(self, drive: str) -> int:
        try:
            if drive == "kick":
                self.drive_by_kick()
            elif not (self.take_signals() and hasattr(self.loop, "_selector")):
                self.drive_by_clock()
            elif not self.stopping():
                self.drive_by_selector()
        except BaseException as error:
            self.ended_by(error)
        return self.finish()

    def stopping(self) -> bool:
        return self.stopped or signalled()

    def stop(self, code: int = 0) -> None:  # the first status that is not zero is kept
        self.code = self.code or code
        self.stopped = True
        if self.loop.is_running() and not self.finished:
            self.loop.stop()

    def take_signals(self) -> bool:  # False where they cannot wake the loop
        for number in SIGNALS:
            try:
                self.loop.add_signal_handler(number, self.stop)
            except (NotImplementedError, RuntimeError):
                return False
            signal.signal(number, _remember_signal)  # the loop's wake-up stays
        return True

    def drive_by_selector(self) -> None:
        selector = self.loop._selector
        wait = selector.select

        def select_or_end(timeout: Optional[float] = None) -> Any:
            # None: nothing is ready and nothing is due. With nothing open it would wait for ever.
            if timeout is None and not _open_files(self.loop) and not self.busy():
                self.loop.stop()
                timeout = 0
            return wait(timeout)

        selector.select = select_or_end
        try:
            self.loop.run_forever()
        finally:
            del selector.select

    def drive_by_kick(self) -> None:
        while not self.stopping() and not self.kick():
            end = time.monotonic() + self.interval
            while not self.stopping() and time.monotonic() < end:  # signals do not end a sleep
                time.sleep(max(0.0, min(0.05, end - time.monotonic())))

    def drive_by_clock(self) -> None:
        while not self.stopping() and (has_work(self.loop) or self.busy()):
            tick = self.loop.call_later(self.interval, self.loop.stop)
            self.loop.run_forever()
            tick.cancel()

    def busy(self) -> bool:
        """True while a task is not done or, if asked to, a thread lives; its end wakes the loop."""
        if asyncio.all_tasks(self.loop):
            return True
        pool = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", ())
        live = [thread for thread in threading.enumerate() if self.threads and thread not in pool
                and thread is not threading.main_thread() and thread is not self.watcher
                and not isinstance(thread, threading._DummyThread)]  # type: ignore[attr-defined]
        if live and not (self.watcher and self.watcher.is_alive()):
            self.watcher = threading.Thread(target=self.watch, args=(live,), daemon=True)
            self.watcher.start()
        return bool(live)

    def watch(self, threads: List[threading.Thread]) -> None:
        for thread in threads:
            thread.join()
        if not self.finished:
            self.watcher = None
            self.loop.call_soon_threadsafe(int)

    def on_exception(self, loop: Any, context: Dict[str, Any]) -> None:
        error = context.get("exception")
        if error is None:
            return loop.default_exception_handler(context)
        # One connection's fault? A stream handler is a task like others up to Python 3.11.
        first = error.__traceback__ and error.__traceback__.tb_frame.f_locals.values()
        if (any(key in context for key in ("transport", "protocol", "socket", "server"))
                or any(isinstance(value, asyncio.StreamWriter) for value in first or ())):
            _print_error(context["message"], error)
        else:
            self.failed(context["message"], error)

    def failed(self, what: str, error: BaseException) -> None:
        _print_error(what, error)
        self.stop(1)

    def ended_by(self, error: BaseException) -> None:
        if isinstance(error, SystemExit):
            self.stop(error.code if isinstance(error.code, int) else 0)
            if isinstance(error.code, str):
                print("keepalive: " + error.code, flush=True)
        elif not isinstance(error, KeyboardInterrupt):
            self.failed("the loop ended with an exception", error)

    def finish(self) -> int:
        """Clean up and return the exit status."""
        by_itself, self.finished = not (self.stopping() or self.code), True
        if _shared.signals:
            print("keepalive: %s, stopping" % signal.Signals(_shared.signals[0]).name, flush=True)
        signal.set_wakeup_fd(-1)
        # Python gives up its handlers before Blender is done.
        atexit.register(lambda: [signal.signal(number, signal.SIG_IGN) for number in SIGNALS])
        for what, act in (("clean-up failed", self.clean_up), ("ending tasks failed", self.settle)):
            try:
                act()
            except BaseException as error:
                if not (isinstance(error, SystemExit) and not error.code):
                    self.failed(what, error)
        _shared.driver, _shared.ended = None, True
        while _shared.queue:
            _shared.queue.pop(0)[0].cancel()
        for thing in gc.get_objects() if by_itself else ():
            if issubclass(type(thing), asyncio.Future) and getattr(thing, "_log_traceback", False):
                self.failed("task exception was never retrieved", thing.exception())
        sys.stdout.flush()
        return self.code

    def clean_up(self) -> None:
        result = self.cleanup and self.cleanup()
        if hasattr(result, "__await__"):
            self.loop.run_until_complete(result)

    def settle(self) -> None:
        if not self.loop.is_closed():
            tasks = [task for task in asyncio.all_tasks(self.loop) if task.cancel()]
            if tasks:
                self.loop.run_until_complete(asyncio.wait(tasks, timeout=GRACE))
            kick_async_loop()


def _print_error(what: str, error: BaseException) -> None:
    sys.stdout.flush()
    print("keepalive: " + what, file=sys.stderr)
    traceback.print_exception(type(error), error, error.__traceback__)
    sys.stderr.flush()


class _TimerBridge:
    def __init__(self, loop: Any, timers: Any, load_pre: Any) -> None:
        self.loop = loop
        self.entries: Dict[int, list] = {}  # by the function's id: [function, persistent, call]
        is_registered, unregister = timers.is_registered, timers.unregister
        for name in ("register", "unregister", "is_registered"):
            setattr(timers, name, getattr(self, name))
        load_pre.append(bpy.app.handlers.persistent(lambda *_args: self.file_loaded()))
        for thing in gc.get_objects():  # what was registered earlier
            kind = type(thing)
            if kind in (types.FunctionType, types.MethodType) and is_registered(thing):
                unregister(thing)
                self.register(thing)

    def file_loaded(self) -> None:
        for function, persistent, _call in list(self.entries.values()):
            if not persistent:
                self.unregister(function)

    def register(self, function: Callable, *, first_interval: float = 0,
                 persistent: bool = False) -> None:
        entry = self.entries[id(function)] = [function, persistent, None]
        self.loop.call_soon_threadsafe(self.plan, entry, time.monotonic() + first_interval)

    def unregister(self, function: Callable) -> None:
        if id(function) not in self.entries:
            raise ValueError("Error: function is not registered")
        call = self.entries.pop(id(function))[2]
        if call is not None:
            call.cancel()

    def is_registered(self, function: Callable) -> bool:
        return id(function) in self.entries

    def plan(self, entry: list, due: float) -> None:
        if self.entries.get(id(entry[0])) is entry:
            entry[2] = self.loop.call_later(max(0.0, due - time.monotonic()), self.fire, entry)

    def fire(self, entry: list) -> None:
        again, stopping = None, getattr(self.loop, "_stopping", None)
        try:
            again = entry[0]()
            again = again if again is None else max(0.0, float(again))
        except Exception as error:
            if "already running" in str(error) and stopping is False:
                self.loop._stopping = False  # undo that kick's loop.stop()
            else:
                _print_error("timer %r" % entry[0], error)
        if again is not None:
            self.plan(entry, time.monotonic() + again)
        elif self.entries.get(id(entry[0])) is entry:
            del self.entries[id(entry[0])]
