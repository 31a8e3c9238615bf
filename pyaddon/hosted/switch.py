"""Enabling and disabling an add-on as people do, and all that was raised or printed by it."""
import os
import re
import time
import traceback
from typing import Any, Callable, Dict, List, Optional

from hosted import capture, source, tracebacks


def enable(addon: str, entry: bool = True) -> Dict[str, Any]:
    """Enable it, with an entry in the preferences or without, as --addons does."""
    import addon_utils  # type: ignore[import]  # Blender's own

    step = _step("enable", addon, addon_utils.enable, default_set=entry)
    step["ok"] = not step["error"] and addon_utils.check(addon)[1]
    if not step["ok"] and not step["error"]:
        step["error"] = _why(step["output"]) or _absent(addon, addon_utils)
    return step


def disable(addon: str, entry: bool = True) -> Dict[str, Any]:
    """Disable it, and take its entry away if it had one."""
    import addon_utils

    return _step("disable", addon, addon_utils.disable, default_set=entry)


def is_enabled(addon: str) -> bool:
    """True while it is loaded, by whomever."""
    import addon_utils

    return bool(addon_utils.check(addon)[1])


def _step(name: str, addon: str, function: Callable, **options: Any) -> Dict[str, Any]:
    raised: List[BaseException] = []

    def handle_error(error: Any) -> None:
        raised.append(error)
        traceback.print_exception(type(error), error, error.__traceback__)
    start = time.monotonic()
    with capture.Capture() as output:
        try:
            function(addon, handle_error=handle_error, **options)
        except BaseException as passed:  # register() may raise SystemExit, which passes
            handle_error(passed)
        text = output.read()
    seconds = time.monotonic() - start
    error = raised[-1] if raised else None
    printed = tracebacks.find(text)
    return {"step": name, "ok": error is None, "error": describe(error),
            "traceback": text_of(error), "requires": requires(error, addon),
            "files": tracebacks.through({"files": frames(error)}, source.folder(addon)
                                        or folder_of(addon)),
            # What register() itself caught and printed is worth a word, too.
            "printed": [] if error else [found["text"] for found in printed],
            "output": text[-4000:], "seconds": round(seconds, 3)}


def describe(error: Optional[BaseException]) -> str:
    """Type and message, on one line; "" for no error.

    What an operator raised comes as a RuntimeError with a traceback in it: its last line then."""
    if error is None:
        return ""
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    inside = tracebacks.find(text)
    if inside and inside[-1]["error"]:
        return inside[-1]["error"]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if isinstance(error, SyntaxError):
        return lines[-1]
    # A message that begins with an empty line leaves "Exception:" alone on the first.
    return " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]


def text_of(error: Optional[BaseException]) -> str:
    """The traceback as Python prints it."""
    if error is None:
        return ""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def frames(error: Optional[BaseException]) -> List[List[Any]]:
    """[file, line] of each frame of the traceback; of a syntax error also where it stands."""
    if error is None:
        return []
    found = [[frame.filename, frame.lineno] for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        found.append([error.filename, error.lineno])
    return found


def folder_of(addon: str) -> str:
    """Where the add-on lies, also when it could not be imported; "" when it is nowhere."""
    import addon_utils

    for module in addon_utils.modules():
        if module.__name__ == addon:
            path = module.__file__
            return os.path.dirname(path) if os.path.basename(path) == "__init__.py" else path
    return ""


def chain(error: Optional[BaseException]) -> List[BaseException]:
    """The error and those that led to it, the first last."""
    found: List[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def requires(error: Optional[BaseException], addon: str) -> List[Dict[str, str]]:
    """What must be there and is not: {"kind": "module" | "add-on" | "entry", "name": ...}.

    "entry" is the add-on's own entry in the preferences, which --addons does not make."""
    found = []
    for one in chain(error):
        kind, name = "module", ""
        if isinstance(one, ImportError) and one.name and not source.is_own(addon, one.name):
            if isinstance(one, ModuleNotFoundError):
                name = one.name
                kind = "add-on" if name.split(".")[0] in _known() else "module"
        key = re.search(r'bpy_prop_collection\[key\]: key "([^"]+)" not found', str(one))
        if isinstance(one, KeyError) and key and _in_preferences(one):
            name = key.group(1)
            kind = "entry" if name == addon or source.is_own(addon, name) else "add-on"
        if name and {"kind": kind, "name": name} not in found:
            found.append({"kind": kind, "name": name})
    return found


def _known() -> List[str]:
    import addon_utils

    return [module.__name__ for module in addon_utils.modules()]


def _in_preferences(error: BaseException) -> bool:
    """True when the line that raised speaks of add-ons, or its code does: another collection
    may lack a key as well."""
    stack = traceback.extract_tb(error.__traceback__)
    return bool(stack) and "addons" in (stack[-1].line or "")


def _why(output: str) -> str:
    """What addon_utils printed in place of raising."""
    lines = [line.strip() for line in output.split("\n")
             if line.startswith(("addon not loaded", "cause:", "Warning: Add-on", "Error"))]
    return " ".join(lines)


def _absent(addon: str, addon_utils: Any) -> str:
    if not folder_of(addon):
        return "no add-on %r in %s" % (addon, ", ".join(addon_utils.paths()))
    return "addon_utils.enable() returned None: bl_info[\"blender\"] names a Blender before 2.80"
