"""Say which of an add-on's operators can run without a window, and run those asked for.

    blender -b --factory-startup --python operators.py -- ADDON RESULT [--run FILE]

FILE, or the text itself, is JSON: [{"idname": "mesh.thing_add", "args": {...}, "effect": {"file" |
"object" | "true": ...}, "in": a situation's name, "before": Python to run first}], all but
"idname" optional.
Result: {"enable": step as in cycle.py, "operators": [{"idname", "place", "can", "in", "wants",
"error", "traceback", "reads"}], "runs": [{"idname", "returned", "error", "traceback", "missing",
"printed", "ok", "seconds"}]}. "can": poll() agrees in the situations of "in", and there is an
execute(); "wants" says what is missing if not. "error" is what poll() raised, and in which
situation. "reads" are names of a window's that execute() uses all the same. "missing" says what
of the effect is not there.
"""
import json
import os
import sys
import time
from typing import Any, Dict, List

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from hosted import (capture, effect, inventory, polls, result, situations, source,  # noqa: E402
                    switch, tracebacks, watched)

sys.path.remove(ROOT)  # an add-on must not find our modules for its own


def idname(cls: Any) -> str:
    """As Python calls it: mesh.thing_add, also for a class that says MESH_OT_thing_add."""
    group, parted, name = cls.bl_rna.identifier.partition("_OT_")
    return "%s.%s" % (group.lower(), name) if parted else cls.bl_idname


def of_addon(addon: str, base: List[Any]) -> List[Any]:
    """The classes of operators that came with the add-on, or whose module is its own."""
    import bpy

    return sorted((cls for cls in inventory.registered()
                   if issubclass(cls, (bpy.types.Operator, bpy.types.Macro))
                   and (cls not in base or source.is_own(addon, cls.__module__))), key=idname)


def call(name: str) -> Any:
    """bpy.ops.mesh.thing_add of "mesh.thing_add"."""
    import bpy

    group, _, own = name.partition(".")
    return getattr(getattr(bpy.ops, group), own)


def poll_all(classes: List[Any]) -> List[Dict[str, Any]]:
    """Ask each in each situation; one that has agreed is asked in the others as well."""
    found = [{"idname": idname(cls), "place": source.place_of(getattr(cls, "execute", cls)),
              "can": False, "in": [], "wants": [], "error": "", "traceback": "",
              "reads": polls.names_in(getattr(cls, "execute", None))} for cls in classes]
    with capture.Capture() as output:
        for name, make in situations.ALL:
            make()
            for cls, told in zip(classes, found):
                output.read()  # what making the situation printed is not the poll's
                poll(cls, told, name, output)
    for cls, told in zip(classes, found):
        # A macro is made of operators and has no execute() of its own.
        runs = hasattr(cls, "execute") or not hasattr(cls, "invoke") and not hasattr(cls, "modal")
        if told["in"]:
            told["wants"] = [] if runs else ["a window: it has no execute()"]
        told["can"] = bool(told["in"]) and runs
    return found


def poll(cls: Any, told: Dict[str, Any], situation: str, output: capture.Capture) -> None:
    """Ask one in one situation. Blender prints what a poll() raises, and takes it for a yes."""
    import bpy

    agreed = call(told["idname"]).poll()
    raised = tracebacks.find(output.read())
    if agreed and not raised:
        told["in"].append(situation)
        return
    if raised and not told["error"]:
        told["error"] = "%s (%s)" % (raised[0]["error"], situation)
        told["traceback"] = raised[0]["text"]
    if not told["wants"] and hasattr(cls, "poll"):
        # What it says of the first situation, the usual one.
        told["wants"] = polls.wants(polls.ask(cls, bpy)["asked"]) or [
            "context." + name for name in polls.names_in(cls.poll)] or [
            "what its poll() asks for at " + source.place_of(cls.poll)]


def run(wanted: Dict[str, Any]) -> Dict[str, Any]:
    """Run one operator in a fresh file, and look for its effect."""
    import bpy

    name, expected = wanted["idname"], wanted.get("effect") or {}
    told: Dict[str, Any] = {"idname": name, "returned": [], "error": "", "traceback": "",
                            "missing": "", "printed": [], "ok": False}
    start = time.monotonic()
    with capture.Capture() as output:
        try:
            situations.make(wanted.get("in") or situations.names()[0])
            if wanted.get("before"):
                exec(wanted["before"], {"bpy": bpy, "os": os})
            known = effect.before(expected)
            told["returned"] = sorted(call(name)("EXEC_DEFAULT", **(wanted.get("args") or {})))
            watched.run(0.3)
            told["missing"] = effect.after(expected, known)
        except BaseException as error:
            told["error"], told["traceback"] = switch.describe(error), switch.text_of(error)
        told["printed"] = [] if told["error"] else [
            found["text"] for found in tracebacks.find(output.read())]
    told["ok"] = told["returned"] == ["FINISHED"] and not (told["error"] or told["missing"])
    told["seconds"] = round(time.monotonic() - start, 3)
    return told


def main(arguments: List[str]) -> None:
    parser = result.parser("operators.py")
    parser.add_argument("--run", metavar="FILE", help="JSON, or a file of it: the operators to run")
    options = parser.parse_args(arguments)
    out = result.Result(options.result, options.addon)
    runs: List[Dict[str, Any]] = []
    out.data.update(enable=None, operators=[], runs=runs)
    watched.install()
    base = list(inventory.registered())
    out.step("enable")
    if not switch.is_enabled(options.addon):
        out.data["enable"] = switch.enable(options.addon)
    if switch.is_enabled(options.addon):
        out.step("poll")
        out.data["operators"] = poll_all(of_addon(options.addon, base))
        for wanted in _wanted(options.run):
            out.step("run " + wanted["idname"])
            runs.append(run(wanted))
    out.end()


def _wanted(path: str) -> List[Dict[str, Any]]:
    if not path:
        return []
    if path.startswith("["):
        return json.loads(path)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    result.run(main)
