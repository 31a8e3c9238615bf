"""What an operator is said to do, and whether it has."""
import os
from typing import Any, Dict

KINDS = ("file", "object", "true")


def before(effect: Dict[str, Any]) -> Any:
    """What must be known before the operator runs."""
    if "file" in effect:
        try:
            found = os.stat(effect["file"])
            return found.st_mtime_ns, found.st_size
        except OSError:
            return None
    if "object" in effect:
        import bpy

        return set(bpy.data.objects.keys())
    return None


def after(effect: Dict[str, Any], known: Any) -> str:
    """"" when it is there; else what was seen instead.

    {"file": PATH}: it is there, not empty, and newer than before. {"object": NAME}: there is one
    that was not; "" as its name is any. {"true": EXPRESSION}: Python with bpy at hand."""
    import bpy

    if "file" in effect:
        now = before(effect)
        if now is None:
            return "no file %s" % effect["file"]
        if not now[1]:
            return "the file %s is empty" % effect["file"]
        return "the file %s is as it was" % effect["file"] if now == known else ""
    if "object" in effect:
        new = sorted(set(bpy.data.objects.keys()) - known)
        if effect["object"] and effect["object"] not in new:
            return "no new object %r (new: %s)" % (effect["object"], ", ".join(new) or "none")
        return "" if new else "no new object"
    if "true" in effect:
        try:
            value = eval(effect["true"], {"bpy": bpy, "os": os})
        except Exception as error:
            return "%s raised %s: %s" % (effect["true"], type(error).__name__, error)
        return "" if value else "%s is %r" % (effect["true"], value)
    return "unknown effect %r: there are %s" % (effect, ", ".join(KINDS)) if effect else ""
