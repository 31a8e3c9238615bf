"""Enable an add-on, start its service and keep Blender alive.

    blender --background --python launch.py -- --addon my_addon --start my_addon:start

Needs keepalive.py beside it. Ends with status 1, and says why on stderr, when the add-on cannot
be enabled or its start raises; with 2 when the arguments are wrong; otherwise as keepalive does.
"""
import argparse
import atexit
import gc
import importlib
import inspect
import io
import os
import sys
import traceback
from typing import Any, Callable, List, Optional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import keepalive  # noqa: E402  (found by the line above)


def parse(arguments: List[str]) -> argparse.Namespace:
    """The options after "--"."""
    parser = argparse.ArgumentParser(prog="launch.py", description="Options go after a lone --.")
    parser.add_argument("--addon", help="module of the add-on; enabled unless it is already")
    parser.add_argument("--entry", action="store_true",
                        help="enable it with an entry in the preferences, as people do")
    parser.add_argument("--start", metavar="MODULE:FUNCTION",
                        help="called once, to start the service; may be a coroutine function")
    parser.add_argument("--step", metavar="MODULE:FUNCTION",
                        help="called on the main thread every --interval seconds, for an add-on "
                             "whose threads queue their work")
    parser.add_argument("--async-loop", metavar="MODULE",
                        help="module with kick_async_loop(), driven every --interval seconds")
    parser.add_argument("--cleanup", metavar="MODULE:FUNCTION", help="called once before the end")
    parser.add_argument("--drive", choices=("selector", "kick"),
                        help="default: selector, or kick when --async-loop is given")
    parser.add_argument("--interval", type=float, default=0.05, metavar="SECONDS",
                        help="between two kicks or steps (default: 0.05)")
    parser.add_argument("--no-timers", dest="timers", action="store_const", const=False,
                        help="leave bpy.app.timers as they are: in background mode they never fire")
    options = parser.parse_args(arguments)
    if not (options.addon or options.start):
        parser.error("nothing to do: give --addon NAME, --start MODULE:FUNCTION, or both")
    if not options.interval >= 0:
        parser.error("argument --interval: %r is not a number of seconds" % options.interval)
    return options


def fail(message: str) -> None:
    """Print the exception being handled, if any, and one line; exit with status 1."""
    sys.stdout.flush()
    if sys.exc_info()[0] is not None:
        traceback.print_exc()
    sys.exit("launch.py: " + message)


def enable(name: str, entry: bool) -> None:
    """Enable the add-on if it is not; on failure end with its traceback."""
    try:
        import addon_utils  # type: ignore[import]  # Blender's own
    except ImportError:
        fail("--addon needs Blender: run it as blender --background --python launch.py -- ...")
    if addon_utils.check(name)[1]:
        return
    if addon_utils.enable(name, default_set=entry) is None:
        fail("add-on %r could not be enabled; the cause stands above. Is it in an add-ons folder "
             "(%s), and does its register() return?" % (name, ", ".join(addon_utils.paths())))


def module(name: str, option: str) -> Any:
    """Import a module named by an option."""
    try:
        return importlib.import_module(name)
    except BaseException:
        return fail("%s: importing module %r failed" % (option, name))


def function(reference: Optional[str], option: str) -> Optional[Callable]:
    """The callable that "module:function" names."""
    if not reference:
        return None
    name, _, attribute = reference.partition(":")
    if not (name and attribute):
        fail("%s %r: expected MODULE:FUNCTION" % (option, reference))
    found = module(name, option)
    for part in attribute.split("."):
        if not hasattr(found, part):
            fail("%s %r: module %r has no %r" % (option, reference, name, attribute))
        found = getattr(found, part)
    if not callable(found):
        fail("%s %r: it is not callable" % (option, reference))
    return found


def main(arguments: List[str]) -> None:
    """Enable, start, keep alive."""
    options = parse(arguments)
    shorten_end()
    loop = keepalive.prepare()
    by_selector = options.drive != "kick" and (options.drive or not options.async_loop)
    if by_selector and options.timers is not False:
        keepalive.bridge_timers()  # before the add-on registers any
    if options.addon:
        enable(options.addon, options.entry)
    start = function(options.start, "--start")
    step = function(options.step, "--step")
    cleanup = function(options.cleanup, "--cleanup")
    async_loop = module(options.async_loop, "--async-loop") if options.async_loop else None
    if async_loop is not None and not hasattr(async_loop, "kick_async_loop"):
        fail("--async-loop %s: the module has no kick_async_loop()" % options.async_loop)
    if start is not None:
        try:
            result = start()
        except Exception:
            fail("--start %s raised" % options.start)
        else:
            if inspect.iscoroutine(result):
                loop.create_task(result)
    if step is not None:
        repeat(loop, step, options.interval)
    if in_window():
        drive_window(getattr(async_loop, "kick_async_loop", keepalive.kick_async_loop), cleanup)
    keepalive.run(async_loop=async_loop, interval=options.interval, cleanup=cleanup,
                  drive=options.drive, timers=options.timers)


def shorten_end() -> None:
    """Spare Python its last collections: most of the time that Blender takes to end goes there.

    They free all that Blender's own scripts have made. Files are flushed instead. Anything else
    that only a collection would finalise is not: as ever, close what must be closed.
    """
    # Kept in a closure: Blender drops a script's globals.
    files: Any = io.IOBase.__base__
    objects, freeze = gc.get_objects, gc.freeze

    def last() -> None:
        for thing in [thing for thing in objects() if issubclass(type(thing), files)]:
            try:
                thing.flush()
            except Exception:
                pass  # closed, or broken
        freeze()
    atexit.register(last)  # first in, last out


def repeat(loop: Any, step: Callable, interval: float) -> None:
    """Call step now and every interval seconds; what it raises ends the service."""
    def turn() -> None:
        step()
        loop.call_later(interval, turn)
    loop.call_soon(turn)


def in_window() -> bool:
    """True when Blender was started without --background."""
    try:
        import bpy
    except ImportError:  # plain Python
        return False
    return not bpy.app.background


def drive_window(kick: Callable[[], bool], cleanup: Optional[Callable]) -> None:
    """Kick the loop from a timer, and end Blender as keepalive would when a signal comes."""
    import bpy

    def tick() -> Optional[float]:
        if keepalive.signalled():
            if cleanup is not None:
                cleanup()
            sys.exit(0)
        kick()
        return 0.01
    bpy.app.timers.register(tick, persistent=True)


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else [])
