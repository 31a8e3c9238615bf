"""What Blender does not list: timers, draw handlers, subscriptions to the message bus.

Timers go to the keep-alive's bridge, which runs them as Blender does in a window. The others are
recorded as they are made. install() stands before the add-on is imported: what it has taken out
of these modules earlier (`from bpy.app.timers import register`) is out of reach.
"""
import asyncio
import sys
import time
from typing import Any, Dict, Iterator, List

import keepalive
from hosted import source

Thing = Any  # as in inventory
_drawing: Dict[int, list] = {}  # by the handle's id: [handle, space, function]
_messages: List[list] = []  # [owner, what is notified]


def install() -> None:
    """Record from now on."""
    import bpy

    keepalive.bridge_timers()
    for name in dir(bpy.types):
        space = getattr(bpy.types, name)
        # Not their base, whose method works for none: they would inherit ours.
        if name.startswith("Space") and name != "Space" and hasattr(space, "draw_handler_add"):
            _watch_drawing(space, name)
    _watch_messages(bpy.msgbus)


def _watch_drawing(space: Any, name: str) -> None:
    add, remove = space.draw_handler_add, space.draw_handler_remove

    def added(function: Any, *args: Any) -> Any:
        handle = add(function, *args)
        _drawing[id(handle)] = [handle, name, function]
        return handle

    def removed(handle: Any, *args: Any) -> None:
        remove(handle, *args)
        _drawing.pop(id(handle), None)
    space.draw_handler_add, space.draw_handler_remove = staticmethod(added), staticmethod(removed)


def _watch_messages(msgbus: Any) -> None:
    subscribe, clear = msgbus.subscribe_rna, msgbus.clear_by_owner

    def subscribed(**options: Any) -> None:
        subscribe(**options)
        _messages.append([options.get("owner"), options.get("notify")])

    def cleared(owner: Any) -> None:
        clear(owner)
        _messages[:] = [pair for pair in _messages if pair[0] is not owner]
    msgbus.subscribe_rna, msgbus.clear_by_owner = subscribed, cleared


def timers() -> Iterator[Thing]:
    """The timers that are registered."""
    bridge = keepalive._shared.bridge
    for function, _persistent, _call in list(bridge.entries.values()) if bridge else ():
        yield "timer", source.name_of(function), source.place_of(function)


def drawing() -> Iterator[Thing]:
    """The draw handlers of spaces."""
    for _handle, space, function in list(_drawing.values()):
        yield ("draw handler", "%s: %s" % (space, source.name_of(function)),
               source.place_of(function))


def messages() -> Iterator[Thing]:
    """The subscriptions to the message bus."""
    for _owner, notify in list(_messages):
        yield "subscription", source.name_of(notify), source.place_of(notify)


RUNNING = (timers, drawing, messages)


def run(seconds: float) -> None:
    """Let timers and the event loop run for at most so long; less when nothing is due by then."""
    loop = keepalive.main_loop()
    end = time.monotonic() + seconds
    keepalive.kick_async_loop()
    while time.monotonic() < end:
        due = [call.when() for call in list(getattr(loop, "_scheduled", ()))
               if not call.cancelled()]
        wait = min(due) - loop.time() if due else seconds + 1
        if wait > end - time.monotonic():
            break
        loop.run_until_complete(asyncio.sleep(max(wait, 0.001)))
        keepalive.kick_async_loop()
    sys.stdout.flush()
