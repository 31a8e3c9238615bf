"""Enable and disable an add-on twice, and list what it leaves behind.

    blender --background --python cycle.py -- OUT MODULE

OUT receives {"enabled": BOOL, "errors": [TEXT...], "left": [TEXT...]}.
"""
import gc
import json
import os
import socket
import sys
import threading
import traceback

from typing import Any, Dict, List, Set

import addon_utils  # type: ignore[import]
import bpy  # type: ignore[import]

timers = []  # type: List[Any]
errors = []  # type: List[str]
_register = bpy.app.timers.register


def register_watched(function, *args, **kwargs):  # type: (Any, Any, Any) -> Any
    timers.append(function)
    return _register(function, *args, **kwargs)


def note_error(error):  # type: (BaseException) -> None
    errors.append("".join(traceback.format_exception(type(error), error, error.__traceback__)))


def snapshot():  # type: () -> Dict[str, Set[str]]
    """What an add-on can add to Blender, by kind."""
    state = {"class": set(dir(bpy.types)), "property": set(), "handler": set()}  # type: Any
    for name in state["class"]:
        rna = getattr(getattr(bpy.types, name), "bl_rna", None)
        if rna is not None:
            state["property"].update("%s.%s" % (name, key) for key in rna.properties.keys())
    for name in dir(bpy.app.handlers):
        handlers = getattr(bpy.app.handlers, name)
        if isinstance(handlers, list):
            state["handler"].update("%s: %s.%s" % (
                name, getattr(h, "__module__", ""), getattr(h, "__name__", h)) for h in handlers)
    state["timer"] = {"%s.%s" % (getattr(f, "__module__", ""), getattr(f, "__name__", f))
                      for f in timers if bpy.app.timers.is_registered(f)}
    state["thread"] = {thread.name for thread in threading.enumerate()}
    state["driver name"] = set(bpy.app.driver_namespace)
    state["port"] = set()
    gc.collect()
    for thing in gc.get_objects():
        try:
            if isinstance(thing, socket.socket) and thing.fileno() != -1:
                if thing.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    state["port"].add(str(thing.getsockname()))
        except (OSError, ReferenceError):
            continue
    return state


def main(out, module):  # type: (str, str) -> None
    bpy.app.timers.register = register_watched
    left = []  # type: List[str]
    before = snapshot()
    enabled = addon_utils.enable(module, handle_error=note_error) is not None
    if enabled:
        addon_utils.disable(module, handle_error=note_error)
        if addon_utils.enable(module, handle_error=note_error) is None and not errors:
            errors.append("enabling it a second time failed")
        addon_utils.disable(module, handle_error=note_error)
        after = snapshot()
        for kind in sorted(after):
            left += ["%s %s" % (kind, name) for name in sorted(after[kind] - before[kind])]
    with open(out + ".part", "w", encoding="utf-8") as result:
        json.dump({"enabled": enabled, "errors": errors, "left": left}, result)
    os.replace(out + ".part", out)
    sys.stdout.flush()
    os._exit(0)  # what the add-on still runs must not keep this process


_arguments = sys.argv[sys.argv.index("--") + 1:]
main(_arguments[0], _arguments[1])
