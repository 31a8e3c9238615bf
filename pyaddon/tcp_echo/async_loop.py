"""Drive the asyncio loop of Blender's main thread, one kick at a time."""
import asyncio
import concurrent.futures
import sys
import warnings
from typing import Any, Optional, Set

try:
    import bpy
except ImportError:  # plain Python, in the tests
    bpy = None

TURNS = 64  # turns of the loop in one kick, at most
KICK_SECONDS = 0.01  # between two kicks in a window

_Operator: Any = bpy.types.Operator if bpy is not None else object


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
    return loop


def setup_asyncio_executor() -> None:
    """Give the loop a pool of threads for blocking work, and Windows the loop that it needs."""
    loop = main_loop()
    if sys.platform == "win32" and not isinstance(loop, asyncio.ProactorEventLoop):
        if not loop.is_running() and not asyncio.all_tasks(loop):
            loop.close()
            loop = asyncio.ProactorEventLoop()
            asyncio.set_event_loop(loop)
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(max_workers=10))


def kick_async_loop(*_args: Any) -> bool:
    """Run what is ready, without waiting. True when no task is left that is not done.

    The running server is a task. A kick ends after TURNS turns even when more is ready.
    """
    loop: Any = main_loop()
    for _ in range(TURNS):
        loop.call_soon(loop.stop)
        loop.run_forever()
        if getattr(loop, "_ready", None):
            continue
        selector = getattr(loop, "_selector", None)
        if selector is None or not selector.select(0):
            break
    return not asyncio.all_tasks(loop)


_kickers: Set[Any] = set()


class AsyncLoopModalOperator(_Operator):
    """Kick the loop from a window's timer events until it has no more work."""

    bl_idname = "asyncio.loop"
    bl_label = "Run the asyncio loop"

    timer = None

    def invoke(self, context: Any, _event: Any) -> Set[str]:
        return self.execute(context)

    def execute(self, context: Any) -> Set[str]:
        if bpy.app.background or context.window is None:
            return {"CANCELLED"}  # no events come; the script that keeps Blender alive kicks
        if _kickers:
            return {"PASS_THROUGH"}
        self.timer = context.window_manager.event_timer_add(KICK_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        _kickers.add(self.timer)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> Set[str]:
        if self.timer not in _kickers:  # unregistered meanwhile
            return {"FINISHED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if not main_loop().is_running() and kick_async_loop():
            _kickers.discard(self.timer)
            context.window_manager.event_timer_remove(self.timer)
            return {"FINISHED"}
        return {"RUNNING_MODAL"}


def _kick_by_timer() -> Optional[float]:
    if not main_loop().is_running() and kick_async_loop():
        return None
    return KICK_SECONDS


def drive_in_window() -> None:
    """In a window: kick the loop until it has no more work. In background mode: nothing."""
    if bpy is None or bpy.app.background or bpy.app.timers.is_registered(_kick_by_timer):
        return
    bpy.app.timers.register(_kick_by_timer, first_interval=KICK_SECONDS, persistent=True)


def register() -> None:
    """Register the operator. ValueError when it is registered already."""
    bpy.utils.register_class(AsyncLoopModalOperator)


def unregister() -> None:
    """Undo register() and end the window's kicks. RuntimeError when it is not registered."""
    _kickers.clear()
    if not bpy.app.background and bpy.app.timers.is_registered(_kick_by_timer):
        bpy.app.timers.unregister(_kick_by_timer)
    bpy.utils.unregister_class(AsyncLoopModalOperator)
