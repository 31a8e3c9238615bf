"""Whether an operator can be run in a context, and what its poll() wants of it."""
import dis
from typing import Any, Dict, List

# What background mode has not: None there, or missing altogether.
OF_A_WINDOW = ("area", "region", "space_data", "region_data", "region_popup", "area_popup",
               "asset_file_handle", "selected_nodes", "active_node", "selected_sequences",
               "active_sequence_strip", "edit_movieclip", "edit_mask", "edit_text", "edit_image")
MISSING = "missing"


class Recorder:
    """Stands for the context and notes what is asked of it: {name: repr of the value}.

    A value that is None or missing is what a poll() usually fails for. Only its first names are
    seen: context.object.type is "object"."""

    def __init__(self, context: Any) -> None:
        object.__setattr__(self, "_context", context)
        object.__setattr__(self, "asked", {})

    def __getattribute__(self, name: str) -> Any:
        asked = object.__getattribute__(self, "asked")
        if name == "asked":
            return asked
        try:
            value = getattr(object.__getattribute__(self, "_context"), name)
        except AttributeError:
            asked[name] = MISSING
            raise
        asked[name] = _short(value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(object.__getattribute__(self, "_context"), name, value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def ask(cls: Any, module: Any) -> Dict[str, Any]:
    """Call poll() of an operator's class on a recorder: {"answer", "error", "asked"}.

    It stands in for MODULE's context (bpy.context) too, for a poll() that asks there."""
    context = module.context
    recorder = Recorder(context)
    answer, error = None, ""
    module.context = recorder
    try:
        answer = bool(cls.poll(recorder))
    except Exception as raised:  # its own fault, or a call into C that takes no stand-in
        error = "%s: %s" % (type(raised).__name__, raised)
    finally:
        module.context = context
    return {"answer": answer, "error": error, "asked": recorder.asked}


def wants(asked: Dict[str, str]) -> List[str]:
    """Names that a failed poll() asked for and that are not there; else what it saw.

    ["context.area"], or ["another value of context.mode (seen: 'OBJECT')"]."""
    absent = [name for name, value in asked.items()
              if value in ("None", MISSING, "[]", "''") or (name in OF_A_WINDOW and not value)]
    if absent:
        return ["context." + name for name in absent]
    return ["another value of context.%s (seen: %s)" % pair for pair in asked.items()]


def names_in(function: Any) -> List[str]:
    """The names of OF_A_WINDOW that a function of an operator asks of its context.

    Of its own code: what the functions that it calls do is not looked at."""
    found: List[str] = []
    codes = [getattr(getattr(function, "__func__", function), "__code__", None)]
    while codes:
        code = codes.pop()
        if code is None:
            continue
        before: Any = None
        for instruction in dis.get_instructions(code):
            name = instruction.argval
            last = before[-1] if isinstance(before, tuple) and before else before
            if last == "context" and name in OF_A_WINDOW and "LOAD" in instruction.opname:
                found.append(name)
            if instruction.opname not in ("CACHE", "EXTENDED_ARG", "NOP"):
                before = name
        codes += [const for const in code.co_consts if hasattr(const, "co_names")]
    return sorted(set(found))
