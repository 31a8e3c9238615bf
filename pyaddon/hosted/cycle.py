"""Enable an add-on, disable it, enable and disable it again, and say what it leaves behind.

    blender -b --factory-startup --python cycle.py -- ADDON RESULT

Result: {"factory": it was enabled at the start and disabled first, "steps": [{"step", "ok",
"error", "traceback", "files", "requires", "printed", "seconds"}], "left": {"running": [...],
"lying": [...]}, "gone": [...]}. A thing left is {"kind", "name", "place", "times"}; "gone" is
what was there when unregister() returned and went within a moment. Where it cannot be enabled
"left" is null.
"""
import os
import re
import sys
import time
from typing import Any, Dict, List, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from hosted import inventory, result, source, switch, watched  # noqa: E402

sys.path.remove(ROOT)  # an add-on must not find our modules for its own

MOMENT = 2.0  # seconds that a thing may take to go once unregister() has returned
TURN = 0.05  # seconds between two looks
RUNNING = inventory.RUNNING + watched.RUNNING


def look() -> Tuple[List[inventory.Thing], List[inventory.Thing]]:
    """What runs, and what lies about."""
    return inventory.look(RUNNING), inventory.look(inventory.LYING)


def settle(base: List[inventory.Thing]) -> Tuple[List[Any], List[Any]]:
    """What still runs once a moment has passed, and what has gone meanwhile."""
    first = left = inventory.more(inventory.look(RUNNING), base)
    end = time.monotonic() + MOMENT
    while left and time.monotonic() < end:
        watched.run(TURN)
        if not any(thing[0] in ("thread", "process", "socket", "timer", "modal operator")
                   for thing in left):
            break  # nothing of the rest goes by itself
        time.sleep(TURN)
        left = inventory.more(inventory.look(RUNNING), base)
    return left, inventory.more(first, left)


def told(things: List[inventory.Thing], folder: str) -> List[Dict[str, Any]]:
    """Each thing once, with how often it is there and the line that made it."""
    times: Dict[inventory.Thing, int] = {}
    for thing in things:
        times[thing] = times.get(thing, 0) + 1
    found = []
    for (kind, name, place), count in sorted(times.items()):
        place = place or made_at(kind, name, folder)
        found.append({"kind": kind, "name": name, "place": place, "times": count})
    return found


def made_at(kind: str, name: str, folder: str) -> str:
    """The line of the add-on that makes a property or a key, by its name; "" where none is
    found."""
    owner, _, key = name.partition(".")
    patterns = {
        "property": (r"\b%s\.%s\s*[:=]" % (owner, key), r"\.%s\s*=.*Property\(" % key,
                     r"[\"']%s[\"']" % key),
        "key": (r"keymap_items\.new\w*\(.*[\"']%s[\"']" % re.escape(name.rpartition(" ")[2]),
                re.escape(name.rpartition(" ")[2]))}
    for pattern in patterns.get("property" if kind == "attribute" else kind, ()):
        at = source.find(folder, pattern)
        if at:
            return "%s:%d" % at
    return ""


def main(arguments: List[str]) -> None:
    options = result.parser("cycle.py").parse_args(arguments)
    addon, out = options.addon, result.Result(options.result, options.addon)
    steps: List[Dict[str, Any]] = []
    out.data.update(factory=switch.is_enabled(addon), steps=steps, left=None, gone=[])
    watched.install()
    if out.data["factory"]:
        folder = source.folder(addon)
        out.step("disable at first")
        switch.disable(addon)
        watched.run(TURN)
    running, lying = look()
    if out.data["factory"]:  # what its first life left is no base for the next
        running = inventory.without_own(running, addon, folder)
        lying = inventory.without_own(lying, addon, folder)
    gone: List[Any] = []
    for _ in range(2):
        out.step("enable")
        steps.append(switch.enable(addon))
        if not steps[-1]["ok"]:
            break
        folder = source.folder(addon)
        watched.run(TURN)
        out.step("disable")
        steps.append(switch.disable(addon))
        out.step("look")
        left, went = settle(running)
        gone += went
    if len(steps) > 1:
        more = [thing for thing in inventory.more(inventory.look(inventory.LYING), lying)
                if not inventory.of_others(thing, addon)]
        out.data["left"] = {"running": told(left, folder), "lying": told(more, folder)}
        out.data["gone"] = told(gone, folder)
    out.end()


if __name__ == "__main__":
    result.run(main)
