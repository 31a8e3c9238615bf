"""An add-on that notes on which thread bpy is used, for worker/main-thread.

BGCHECK_THREADS names a file, to which it appends JSON lines:

    {"time": SECONDS, "main": BOOL, "thread": NAME, "frames": [{"file": PATH, "line": N}, ...]}

one for each line of Python that reads bpy.data, bpy.ops or bpy.context, at most four a second
for each line and thread. Blender's own scripts are left out. It slows Python down: for a life in
which nothing is measured.
"""
import os
import sys
import threading
from typing import Any  # noqa: F401  (for the comments)

bl_info = {
    "name": "bgcheck threads",
    "author": "bgcheck",
    "version": (1, 0, 0),
    "blender": (2, 83, 0),
    "location": "N/A",
    "description": "Notes on which thread bpy is used",
    "category": "Development",
}


def install(path):  # type: (str) -> None
    import dis
    import json
    import time

    import bpy  # type: ignore[import]

    # Blender's folder of scripts, and Python's own library.
    modules = os.path.dirname(os.path.dirname(os.path.abspath(bpy.__file__)))
    own = (os.path.join(modules, ""), os.path.join(os.path.dirname(os.__file__), ""))
    # By code, the lines that read an attribute of a name: {line: {(name, attribute)}}
    used = {}  # type: dict
    noted = set()  # type: set
    things = ("data", "ops", "context")
    busy = threading.local()

    def lines_of(code):  # type: (Any) -> dict
        found = {}  # type: dict
        line, name = 0, None
        for step in dis.get_instructions(code):
            start = step.starts_line
            if start is not None and start is not False:
                line = getattr(step, "line_number", None) or start
            if step.opname.startswith(("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FAST", "LOAD_DEREF")):
                name = step.argval
                found.setdefault(line, set()).add((name, None))
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and name:
                found.setdefault(line, set()).add((name, step.argval))
                name = None
            elif step.opname not in ("CACHE", "PUSH_NULL", "EXTENDED_ARG"):
                name = None
        return found

    def uses(frame):  # type: (Any) -> bool
        for name, attribute in used[frame.f_code].get(frame.f_lineno, ()):
            if not isinstance(name, str):
                continue
            value = frame.f_locals.get(name, frame.f_globals.get(name))
            if value is bpy and attribute in things:
                return True
            if value is not None and any(value is getattr(bpy, thing) for thing in things):
                return True
        return False

    def note(frame):  # type: (Any) -> None
        thread = threading.current_thread()
        now = time.time()
        key = (frame.f_code, frame.f_lineno, thread.ident, int(now * 4))
        if key in noted:
            return
        noted.add(key)
        frames = []
        while frame is not None and len(frames) < 12:
            name = frame.f_code.co_filename
            if not name.startswith(own):
                frames.append({"file": name, "line": frame.f_lineno})
            frame = frame.f_back
        line = {"time": now, "main": thread is threading.main_thread(), "thread": thread.name,
                "frames": frames}
        with open(path, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")

    def local(frame, event, arg):  # type: (Any, str, object) -> object
        if event == "line" and not getattr(busy, "now", False):
            busy.now = True
            try:
                if uses(frame):
                    note(frame)
            except Exception:  # what cannot be looked at is not noted
                pass
            busy.now = False
        return local

    def watch(frame, event, arg):  # type: (Any, str, object) -> object
        code = frame.f_code
        name = code.co_filename
        if name.startswith(own) or name == __file__ or getattr(busy, "now", False):
            return None
        if code not in used:
            busy.now = True
            try:
                used[code] = lines_of(code)
            except Exception:
                used[code] = {}
            busy.now = False
        return local if used[code] else None

    threading.settrace(watch)  # of threads that begin from now on
    sys.settrace(watch)


def register():  # type: () -> None
    path = os.environ.get("BGCHECK_THREADS")
    if path:
        install(path)


def unregister():  # type: () -> None
    """It goes on until Blender ends."""
