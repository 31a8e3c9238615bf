"""An add-on that sends Blender a signal as a job opens one of its files, for job/sigterm.

BGCHECK_SIGNAL holds JSON: {"signal": N, "names": [PATTERN], "mark": PATH}. When Python opens a
file for writing whose path below the working folder matches, the file is made, as open() does
next, the mark is written, and the signal sent: it comes between the open and the first write.
Blender 2.83 and later (Python 3.8 for the hook).
"""
import json
import os
import sys

bl_info = {
    "name": "bgcheck signal",
    "author": "bgcheck",
    "version": (1, 0, 0),
    "blender": (2, 83, 0),
    "location": "N/A",
    "description": "Sends a signal as a job opens one of its files",
    "category": "Development",
}


def install(order):  # type: (dict) -> None
    import fnmatch

    work = os.getcwd()
    done = []  # type: list  # also keeps the hook from its own work

    def hook(event, args):  # type: (str, tuple) -> None
        if event != "open" or done:
            return
        path, mode, flags = args
        writes = mode and set(mode) & set("wax") or (flags or 0) & (os.O_CREAT | os.O_TRUNC)
        if not writes or not isinstance(path, (str, bytes)):
            return
        name = os.path.relpath(os.path.abspath(os.fsdecode(path)), work)
        if not any(fnmatch.fnmatch(name, pattern) for pattern in order["names"]):
            return
        done.append(name)
        appends = mode and "a" in mode or (flags or 0) & os.O_APPEND
        if not (mode and "x" in mode or (flags or 0) & os.O_EXCL):
            with open(path, "ab" if appends else "wb"):
                pass
        with open(order["mark"], "w"):
            pass
        os.kill(os.getpid(), order["signal"])

    if hasattr(sys, "addaudithook"):
        sys.addaudithook(hook)


def register():  # type: () -> None
    order = os.environ.get("BGCHECK_SIGNAL")
    if order:
        install(json.loads(order))


def unregister():  # type: () -> None
    """The hook stays until Blender ends."""
