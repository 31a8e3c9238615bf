"""An add-on that notes which files Python writes, for tidy/writes.

Appends JSON lines {"path": .., "at": ..} to the file that BGCHECK_WRITES names, or one line
{"unable": why}. It is enabled
before the add-on under test. Blender 2.83 and later (Python 3.8 for the hook).
"""
import os
import sys

bl_info = {
    "name": "bgcheck writes",
    "author": "bgcheck",
    "version": (1, 0, 0),
    "blender": (2, 83, 0),
    "location": "N/A",
    "description": "Notes which files Python writes",
    "category": "Development",
}


def install(out):  # type: (str) -> None
    import json

    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
    note = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    seen = set()  # also keeps the hook from noting its own work
    here = os.path.abspath(__file__)

    def caller():  # type: () -> str
        frame = sys._getframe(2)
        while frame is not None and ("<frozen" in frame.f_code.co_filename or
                                     frame.f_code.co_filename == here):
            frame = frame.f_back  # type: ignore[assignment]
        return "" if frame is None else "%s:%d" % (frame.f_code.co_filename, frame.f_lineno)

    def hook(event, args):  # type: (str, tuple) -> None
        if event == "open":
            path, mode, flags = args
            if not (mode and set(mode) & set("wax+")) and not (flags or 0) & writing:
                return
        elif event in ("os.mkdir", "os.remove", "os.rmdir", "os.truncate"):
            path = args[0]
        elif event == "os.rename":
            path = args[1]
        else:
            return
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str):
            return
        path = os.path.abspath(path)
        if path not in seen:
            seen.add(path)
            os.write(note, (json.dumps({"path": path, "at": caller()}) + "\n").encode())

    if hasattr(sys, "addaudithook"):
        sys.addaudithook(hook)
    else:
        os.write(note, b'{"unable": "Python %d.%d has no audit hooks"}\n' % sys.version_info[:2])


def register():  # type: () -> None
    out = os.environ.get("BGCHECK_WRITES")
    if out:
        install(out)


def unregister():  # type: () -> None
    """The hook stays until Blender ends."""
