"""Work through what people do all day, with an add-on enabled, and say what breaks.

    blender -b --factory-startup --python workout.py -- [ADDON] RESULT [--without RESULT]

Without an add-on it is the measure: give its result with --without, and what appears there too is
left out. Result: {"enable": step as in cycle.py, "steps": [{"step", "ok", "error", "skipped",
"seconds", "tracebacks": [{"error", "text", "files", "own"}], "faults", "counts"}], "whole": bool}.
A traceback is one that a handler, a timer or an operator printed or that the step raised; "own"
lists the add-on's files in it. "faults" is what is wrong with the scene after the step. Timers
of the add-on run between the steps.
"""
import json
import os
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from hosted import (capture, result, scene, source, switch, tracebacks,  # noqa: E402
                    watched)

sys.path.remove(ROOT)  # an add-on must not find our modules for its own

TIMERS = 0.3  # seconds that timers get after each step, when any is due by then
UNCHECKED = ("new file", "new file again", "factory settings")  # the scene is empty after these


def steps(folder: str) -> List[Tuple[str, Callable[[], Any]]]:
    """Their names, and what each does; a text that it returns is why it was skipped."""
    import bpy

    saved, library = (os.path.join(folder, name) for name in ("saved.blend", "library.blend"))
    return [
        ("new file", scene.new_file),
        ("objects", scene.make),
        ("dependency graph", scene.edit),
        ("frames", scene.play),
        ("undo", scene.undo),
        ("save", lambda: save(saved, library)),
        ("open", lambda: discard(bpy.ops.wm.open_mainfile(filepath=saved))),
        ("append", lambda: scene.append(library)),
        ("render", lambda: scene.render(os.path.join(folder, "render.png"))),
        ("save again", lambda: discard(bpy.ops.wm.save_mainfile())),
        ("new file again", scene.new_file),
        ("open again", lambda: discard(bpy.ops.wm.open_mainfile(filepath=saved))),
        ("factory settings", lambda: discard(bpy.ops.wm.read_factory_settings())),
    ]


def save(saved: str, library: str) -> None:
    """Save, and a copy: Blender appends nothing from the file that is open."""
    import bpy

    discard(bpy.ops.wm.save_as_mainfile(filepath=library, copy=True))
    discard(bpy.ops.wm.save_as_mainfile(filepath=saved))


def discard(returned: Any) -> None:
    """An operator that did not finish has not done its step."""
    if "FINISHED" not in returned:
        raise RuntimeError("the operator returned %s" % sorted(returned))


def take(name: str, act: Callable[[], Any], output: capture.Capture, folder: str) -> Dict[str, Any]:
    """Take one step, let timers run, and look."""
    start, error, skipped = time.monotonic(), None, ""
    try:
        skipped = act() or ""
    except Exception as raised:
        error = raised
    watched.run(TIMERS)
    found = tracebacks.find(output.read())
    if error is not None:
        found.append({"error": switch.describe(error), "files": switch.frames(error),
                      "text": switch.text_of(error)})
    for traceback in found:
        traceback["own"] = tracebacks.through(traceback, folder) if folder else []
    return {"step": name, "ok": error is None, "error": switch.describe(error),
            "skipped": skipped, "tracebacks": found,
            "faults": [] if name in UNCHECKED else scene.faults(), "counts": scene.counts(),
            "seconds": round(time.monotonic() - start, 3)}


def subtract(found: List[Dict[str, Any]], path: str) -> None:
    """Take out of each step's tracebacks and faults those of the run without the add-on.

    A traceback through the add-on's own files is its own, whatever else it is like."""
    with open(path, encoding="utf-8") as file:
        others = {step["step"]: step for step in json.load(file)["steps"]}
    for step in found:
        other = others.get(step["step"], {"tracebacks": [], "faults": []})
        known = {tracebacks.signature(traceback) for traceback in other["tracebacks"]}
        step["tracebacks"] = [traceback for traceback in step["tracebacks"] if traceback["own"]
                              or tracebacks.signature(traceback) not in known]
        step["faults"] = [fault for fault in step["faults"] if fault not in other["faults"]]


def main(arguments: List[str]) -> None:
    parser = result.parser("workout.py", addon=False)
    parser.add_argument("--without", metavar="RESULT", help="the result of a run without add-on")
    options = parser.parse_args(arguments)
    out = result.Result(options.result, options.addon)
    found: List[Dict[str, Any]] = []
    out.data.update(steps=found, enable=None)
    watched.install()
    folder = ""
    if options.addon:
        out.step("enable")
        if not switch.is_enabled(options.addon):
            out.data["enable"] = switch.enable(options.addon)
        folder = source.folder(options.addon)
    if not options.addon or switch.is_enabled(options.addon):
        with tempfile.TemporaryDirectory(prefix="bgcheck-") as scratch, capture.Capture() as output:
            for name, act in steps(scratch):
                out.step(name)
                found.append(take(name, act, output, folder))
    if options.without:
        subtract(found, options.without)
    out.data["whole"] = bool(found) and not any(step["faults"] for step in found)
    out.end()


if __name__ == "__main__":
    result.run(main)
