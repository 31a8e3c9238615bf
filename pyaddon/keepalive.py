"""Keep `blender --background` alive by driving the asyncio loop on the main thread.

One file, standard library only: copy it beside your script or into your add-on.

    import my_addon, keepalive
    my_addon.start()
    keepalive.run(cleanup=my_addon.stop)      # does not return: ends with sys.exit

It drives the loop that exists (it makes one only when the main thread has none) until
SIGINT or SIGTERM comes, stop() is called, or the loop has no more work: no task, no open
server or connection, no call due later, no thread of the script's own. Then the clean-up
runs, once, what is left of the tasks is cancelled, and the process ends.

Exit status: 0 after a clean end. 1 when a callback, a task, the loop or the clean-up raised:
the traceback is printed and the service ends. A fault of one connection (its protocol or its
stream handler raised) is printed and the service goes on. SystemExit from inside the loop ends
it with its code; with a text, the text is printed and the status is 0 (a request to quit).

Drive: by default the main thread sleeps in the loop's own selector, so that data, signals and
other threads wake it at once and idle costs nothing. With async_loop= it works as
`while running: if async_loop.kick_async_loop(): break; sleep(interval)`. Where a loop cannot be
waited for with signals (Windows), it wakes every `interval` seconds to look for them.

A second signal is ignored while the clean-up runs; a third ends the process there and then.
In a window (no --background) run() returns at once and a Blender timer kicks the loop.
"""
import asyncio
import atexit
import collections
import concurrent.futures
import functools
import gc
import inspect
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
import types
import warnings
from concurrent.futures import thread as pool_threads
from typing import Any, Callable, Dict, List, Optional

try:
    import bpy
except ImportError:  # plain Python
    bpy = None

__all__ = ["run", "stop", "submit", "prepare", "main_loop", "kick_async_loop", "has_work",
           "bridge_timers"]

GRACE = 2.0  # seconds that cancelled tasks get to end
TURNS = 64  # turns of the loop in one kick, at most

# What all copies of this file in one process share, whatever module name each has.
_shared: Any = sys.modules.setdefault("_keepalive_shared", types.ModuleType("_keepalive_shared"))
if not hasattr(_shared, "queue"):
    _shared.loop = None
    _shared.queue = collections.deque()
    _shared.ended = False
    _shared.signals = 0
    _shared.driver = None
    _shared.bridge = None


def main_loop() -> asyncio.AbstractEventLoop:
    """The main thread's event loop; one is made only when there is none or it is closed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            loop: Optional[asyncio.AbstractEventLoop] = asyncio.get_event_loop()
        except RuntimeError:  # Python 3.14, or after asyncio.run()
            loop = None
    if loop is None or loop.is_closed():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
    _shared.loop = loop
    return loop


def has_work(loop: Any) -> bool:
    """True while a task is not done, a server or connection is open, or a call is due."""
    if _open_files(loop) or getattr(loop, "_accept_futures", None) or getattr(loop, "_ready", None):
        return True
    if any(not handle.cancelled() for handle in getattr(loop, "_scheduled", ())):
        return True
    return bool(asyncio.all_tasks(loop))


def _open_files(loop: Any) -> bool:
    selector = getattr(loop, "_selector", None)
    files = selector.get_map() if selector is not None else None
    return files is not None and len(files) > 1  # one is the loop's own, for waking it


def kick_async_loop(*_args: Any) -> bool:
    """Run what is ready, without waiting. True when the loop has no more work."""
    loop: Any = main_loop()
    for _ in range(TURNS):
        loop.call_soon(loop.stop)
        loop.run_forever()
        if getattr(loop, "_ready", None):
            continue
        selector = getattr(loop, "_selector", None)
        if selector is None or not selector.select(0):
            break
    return not has_work(loop)


def submit(function: Callable[..., Any], *args: Any, **kwargs: Any) -> "concurrent.futures.Future":
    """Call function on the main thread, from any thread, and return its future.

    Waiting for the future on the main thread would wait for ever. RuntimeError after the end.
    """
    if _shared.ended:
        raise RuntimeError("submit %r: the keep-alive has ended" % (function,))
    future: "concurrent.futures.Future" = concurrent.futures.Future()
    _shared.queue.append((future, function, args, kwargs))
    if _shared.loop is not None:  # otherwise prepare() or run() sees to it
        _shared.loop.call_soon_threadsafe(_run_submitted)
    return future


def _run_submitted() -> None:
    while _shared.queue:
        future, function, args, kwargs = _shared.queue.popleft()
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(function(*args, **kwargs))
        except BaseException as error:  # the caller's, whatever it is
            future.set_exception(error)


def prepare() -> asyncio.AbstractEventLoop:
    """Get ready before the service starts: the loop, early signals, SIGPIPE. run() does it too.

    A signal that comes between prepare() and run() is remembered and ends run() at once.
    """
    loop = main_loop()
    _shared.ended = False
    if hasattr(signal, "SIGPIPE") and signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL:
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # Blender 4.3 leaves it deadly
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _count_signal)
    loop.call_soon(_run_submitted)
    return loop


def _count_signal(number: int, _frame: Any) -> None:
    _shared.signals += 1
    if _shared.signals >= 3:
        os.write(2, b"keepalive: third signal, ending without clean-up\n")
        os._exit(128 + number)


def bridge_timers() -> None:
    """Run on the loop, at its time, what is registered with bpy.app.timers, until the end.

    Blender never fires these in background mode. Call it before the add-ons are enabled. Limits:
    a timer registered earlier is taken over but fires at once; `from bpy.app.timers import
    register` done earlier is out of reach; a timer that kicks the asyncio loop is dropped, for
    the loop already runs; bpy.app.timers.* accept Python callables, told apart by identity.
    As in Blender, an exception is printed and drops the timer, and loading a file drops those
    that are not persistent.
    """
    if bpy is None or not bpy.app.background or _shared.bridge is not None:
        return
    _shared.bridge = _TimerBridge(main_loop(), bpy.app.timers)
    _shared.bridge.adopt()

    @bpy.app.handlers.persistent
    def keepalive_file_loaded(*_args: Any) -> None:
        if _shared.bridge is not None:
            _shared.bridge.file_loaded()
    bpy.app.handlers.load_pre.append(keepalive_file_loaded)


def stop(code: int = 0) -> None:
    """Ask the running keep-alive to end with this exit status; from any thread."""
    driver = _shared.driver
    if driver is None:
        raise RuntimeError("stop: the keep-alive is not running")
    driver.loop.call_soon_threadsafe(driver.stop, code)


def run(async_loop: Any = None, interval: float = 0.05, cleanup: Optional[Callable] = None,
        drive: Optional[str] = None, timers: Optional[bool] = None, threads: bool = True,
        exit: bool = True) -> int:
    """Drive the loop to its end, clean up, and leave with sys.exit.

    async_loop  the add-on's module (or object) with kick_async_loop() -> bool
    interval    seconds between two kicks
    cleanup     called once before the end; may be a coroutine function
    drive       "selector" (default) or "kick" (default when async_loop is given); "selector" with
                async_loop kicks it when the loop has something to do, not by the clock
    timers      run what add-ons register with bpy.app.timers (see bridge_timers);
                default: yes with "selector", no with "kick"
    threads     live threads of the script count as work (with "selector"), pool workers do not
    exit        False returns the status instead, for a caller that has more to do
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("keepalive.run: not on the main thread")
    if drive not in (None, "selector", "kick"):
        raise ValueError("keepalive.run: drive is %r, not 'selector' or 'kick'" % (drive,))
    driver = _Driver(async_loop, interval, cleanup, threads)
    by_kick = drive == "kick" or (drive is None and async_loop is not None)
    if bpy is not None and not bpy.app.background:
        return driver.run_in_window()
    if timers or (timers is None and not by_kick):
        bridge_timers()
    code = driver.run(by_kick)
    if exit:
        sys.exit(code)
    return code


class _Driver:
    """One run, from the first turn of the loop to the exit status."""

    def __init__(self, async_loop: Any, interval: float, cleanup: Optional[Callable],
                 threads: bool) -> None:
        self.loop: Any = prepare()
        self.kick = getattr(async_loop, "kick_async_loop", None)
        self.interval = interval
        self.cleanup = cleanup
        self.threads = threads
        self.code = 0
        self.stopping = _shared.signals > 0
        self.finished = False
        self.watched: set = set()
        _shared.driver = self

    def run(self, by_kick: bool) -> int:
        self._take_exceptions()
        try:
            if by_kick:
                self._drive_by_kick()
            elif self._take_signals() and hasattr(self.loop, "_selector"):
                self._drive_by_kick_when_ready() if self.kick else self._drive_by_selector()
            else:
                self._drive_by_clock()
        except BaseException as error:
            self._ended_by(error)
        return self.finish()

    def run_in_window(self) -> int:
        """Kick from a Blender timer; the window's own loop stays in charge."""
        self._take_exceptions()

        def tick() -> Optional[float]:
            try:
                done = (self.kick or kick_async_loop)()
                if not (done or self.stopping or _shared.signals):
                    return min(self.interval, 0.01)
            except BaseException as error:
                self._ended_by(error)
            sys.exit(self.finish())
        bpy.app.timers.register(tick, persistent=True)
        return 0

    # Driving

    def _drive_by_selector(self) -> None:
        selector = self.loop._selector
        wait = selector.select

        def select_or_end(timeout: Optional[float] = None) -> Any:
            # None: nothing is ready and nothing is due. With nothing open it would wait for ever.
            if timeout is None and not _open_files(self.loop) and not self._busy():
                self.loop.stop()
                timeout = 0
            return wait(timeout)

        if not self.stopping:
            selector.select = select_or_end
            try:
                self.loop.run_forever()
            finally:
                del selector.select

    def _busy(self) -> bool:
        return bool(asyncio.all_tasks(self.loop)) or (self.threads and self._threads_live())

    def _threads_live(self) -> bool:
        """Live threads that are not pool workers; the end of each wakes the loop."""
        pool = getattr(pool_threads, "_threads_queues", {})
        others = [thread for thread in threading.enumerate()
                  if thread is not threading.main_thread() and thread not in pool
                  and not isinstance(thread, (threading._DummyThread, _Watcher))]  # type: ignore
        for thread in others:
            if thread not in self.watched:
                self.watched.add(thread)
                _Watcher(thread, self.loop).start()
        return bool(others)

    def _drive_by_kick(self) -> None:
        waker, wakened = socket.socketpair()
        waker.setblocking(False)
        wakened.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_python_signal)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            while not self.stopping:
                if (self.kick or kick_async_loop)():
                    break
                if not self.stopping:
                    select.select([wakened], [], [], self.interval)  # a sleep that signals end
        finally:
            self._late_signals()
            waker.close()
            wakened.close()

    def _drive_by_kick_when_ready(self) -> None:
        while not self.stopping and not self.kick():
            if self.stopping or self.loop._ready or not asyncio.all_tasks(self.loop):
                continue
            due = [call.when() for call in self.loop._scheduled if not call.cancelled()]
            self.loop._selector.select(max(0, min(due) - self.loop.time()) if due else None)

    def _drive_by_clock(self) -> None:
        while not self.stopping and (has_work(self.loop) or self._busy()):
            tick = self.loop.call_later(self.interval, self.loop.stop)
            self.loop.run_forever()
            tick.cancel()

    # Signals, exceptions, the end

    def _take_signals(self) -> bool:
        """Signals wake the loop; False where they can only be looked for."""
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                self.loop.add_signal_handler(number, self._on_signal, number)
            return True
        except (NotImplementedError, RuntimeError, ValueError):
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._on_python_signal)
            return False

    def _on_python_signal(self, number: int, _frame: Any) -> None:
        self._on_signal(number)

    def _on_signal(self, number: int) -> None:
        if not (self.stopping or self.finished):
            print("keepalive: %s, stopping" % signal.Signals(number).name, flush=True)
            _shared.signals = 1
            self.stop(0)

    def stop(self, code: int) -> None:
        """End the drive; the first non-zero status is kept. Main thread only."""
        self.code = self.code or code
        self.stopping = True
        if self.loop.is_running() and not self.finished:
            self.loop.stop()

    def _take_exceptions(self) -> None:
        if self.loop.get_exception_handler() is None:  # the author's own is left alone
            self.loop.set_exception_handler(self._on_exception)

    def _on_exception(self, loop: Any, context: Dict[str, Any]) -> None:
        error = context.get("exception")
        if error is None:
            loop.default_exception_handler(context)
            return
        _print_error("keepalive: %s" % context.get("message", "unhandled exception"), error)
        if not _of_one_connection(context, error):
            self.stop(1)

    def _ended_by(self, error: BaseException) -> None:
        if isinstance(error, SystemExit):
            if isinstance(error.code, int):
                self.code = self.code or error.code
            elif error.code is not None:
                print("keepalive: %s" % error.code, flush=True)
        elif not isinstance(error, KeyboardInterrupt):
            _print_error("keepalive: the loop ended with an exception", error)
            self.code = 1

    def finish(self) -> int:
        """Clean up, once, and return the exit status."""
        if self.finished:
            return self.code
        self.finished = True
        self._late_signals()
        _shared.driver = None
        try:
            result = self.cleanup() if self.cleanup is not None else None
            if inspect.isawaitable(result):
                self.loop.run_until_complete(result)
        except BaseException as error:
            self._failed("keepalive: clean-up failed", error)
        try:
            self._settle()
        except BaseException as error:
            self._failed("keepalive: ending the tasks failed", error)
        _shared.ended = True
        while _shared.queue:
            _shared.queue.popleft()[0].cancel()
        if _shared.bridge is not None:
            _shared.bridge.remove()
        self._report_forgotten()
        sys.stdout.flush()
        return self.code

    def _settle(self) -> None:
        """Cancel the tasks that are left and let what was closed come to its end."""
        if self.loop.is_closed() or self.loop.is_running():
            return
        tasks: List[Any] = list(asyncio.all_tasks(self.loop))
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks, timeout=GRACE))
        kick_async_loop()

    def _failed(self, what: str, error: BaseException) -> None:
        if isinstance(error, SystemExit) and not error.code:
            return
        _print_error(what, error)
        self.code = self.code or 1

    def _report_forgotten(self) -> None:
        """Print exceptions of tasks that nobody asked for and that are still referred to."""
        for thing in gc.get_objects():
            kind = type(thing)
            if issubclass(kind, asyncio.Future) and getattr(thing, "_log_traceback", False):
                self._failed("keepalive: task exception was never retrieved", thing.exception())

    def _late_signals(self) -> None:
        """From here on signals are only counted, and ignored once Python is on its way out."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _count_signal)
        signal.set_wakeup_fd(-1)
        atexit.unregister(_ignore_signals)
        atexit.register(_ignore_signals)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _print_error(what: str, error: BaseException) -> None:
    sys.stdout.flush()
    print(what, file=sys.stderr)
    traceback.print_exception(type(error), error, error.__traceback__)
    sys.stderr.flush()


def _of_one_connection(context: Dict[str, Any], error: BaseException) -> bool:
    """A fault of one connection, after which a service goes on."""
    if any(key in context for key in ("transport", "protocol", "socket", "server")):
        return True
    first = error.__traceback__  # a stream handler is a task like others up to Python 3.11
    return first is not None and any(
        isinstance(value, asyncio.StreamWriter) for value in first.tb_frame.f_locals.values())


class _Watcher(threading.Thread):
    """Wakes the loop when a thread has ended."""

    def __init__(self, thread: threading.Thread, loop: Any) -> None:
        super().__init__(name="keepalive-watcher", daemon=True)
        self.thread = thread
        self.loop = loop

    def run(self) -> None:
        self.thread.join()
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(int)


class _TimerBridge:
    """Stands in for bpy.app.timers, whose functions never fire in background mode."""

    def __init__(self, loop: Any, timers: Any) -> None:
        self.loop = loop
        self.timers = timers
        self.entries: Dict[int, Any] = {}  # by identity, as Blender does: [function, keep, handle]
        self.originals = {name: getattr(timers, name)
                          for name in ("register", "unregister", "is_registered")}
        for name in self.originals:
            setattr(timers, name, getattr(self, name))

    def remove(self) -> None:
        for name, original in self.originals.items():
            setattr(self.timers, name, original)
        for entry in self.entries.values():
            if entry[2] is not None:
                entry[2].cancel()
        self.entries.clear()
        _shared.bridge = None

    def adopt(self) -> None:
        """Take over what was registered earlier; its interval is unknown: it runs at once."""
        known, drop = self.originals["is_registered"], self.originals["unregister"]
        kinds = (types.FunctionType, types.MethodType, functools.partial)
        for thing in gc.get_objects():
            if type(thing) in kinds and known(thing):
                drop(thing)
                self.register(thing)

    def register(self, function: Callable, *, first_interval: float = 0,
                 persistent: bool = False) -> None:
        if not callable(function):
            raise TypeError("register: %r is not callable" % (function,))
        due = time.monotonic() + max(0.0, float(first_interval))
        self.entries[id(function)] = entry = [function, persistent, None]
        self.loop.call_soon_threadsafe(self._plan, entry, due)

    def unregister(self, function: Callable) -> None:
        if id(function) not in self.entries:
            raise ValueError("Error: function is not registered")
        entry = self.entries.pop(id(function))
        if entry[2] is not None:
            entry[2].cancel()

    def is_registered(self, function: Callable) -> bool:
        return id(function) in self.entries

    def file_loaded(self) -> None:
        for key in [key for key, entry in self.entries.items() if not entry[1]]:
            self.unregister(self.entries[key][0])

    def _plan(self, entry: Any, due: float) -> None:
        if self.entries.get(id(entry[0])) is entry:
            entry[2] = self.loop.call_later(max(0.0, due - time.monotonic()), self._fire, entry)

    def _fire(self, entry: Any) -> None:
        function = entry[0]
        stopping = self.loop._stopping if hasattr(self.loop, "_stopping") else None
        again = None
        try:
            again = function()
            if again is not None:
                again = float(again)
        except Exception as error:  # as Blender does: print it and drop the timer
            again = None
            if "already running" not in str(error):  # a timer that kicks the loop is not needed
                _print_error("keepalive: timer %r" % function, error)
        if stopping is False:
            self.loop._stopping = False
        if self.entries.get(id(function)) is entry:
            if again is None:
                del self.entries[id(function)]
            else:
                self._plan(entry, time.monotonic() + max(0.0, again))
