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


def libraries():  # type: () -> list
    """The folders of the standard library, of what is installed beside it, and of Blender's own
    modules."""
    import sysconfig

    found = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    installed = ("dist-packages", "site-packages")
    found += [path for path in sys.path if os.path.basename(path) in installed]
    utils = sys.modules.get("addon_utils")
    if utils is not None:
        modules = os.path.dirname(utils.__file__)
        found += [modules, os.path.join(os.path.dirname(modules), "startup")]
    return [path for path in found if path]


def install(out):  # type: (str) -> None
    import json

    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
    note = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    seen = set()  # also keeps the hook from noting its own work
    here = os.path.abspath(__file__)
    others = tuple(os.path.join(path, "") for path in libraries())

    def caller():  # type: () -> str
        """The nearest line that is not Python's own nor Blender's; else the nearest of all."""
        frame = sys._getframe(2)
        nearest = ""
        while frame is not None:
            file = frame.f_code.co_filename
            at = "%s:%d" % (file, frame.f_lineno)
            if "<frozen" not in file and file != here:
                if not file.startswith(others):
                    return at
                nearest = nearest or at
            frame = frame.f_back  # type: ignore[assignment]
        return nearest

    def folder(number):  # type: (int) -> str
        """The folder that a descriptor stands for; "" where the system does not tell."""
        if number < 0:
            return os.getcwd()
        try:
            return os.readlink("/proc/self/fd/%d" % number)
        except OSError:
            return ""

    def folders_open():  # type: () -> bool
        """A folder is open by its descriptor: os.open may start from there, and does not tell."""
        try:
            return any(os.path.isdir("/proc/self/fd/" + name)
                       for name in os.listdir("/proc/self/fd"))
        except OSError:
            return False

    def hook(event, args):  # type: (str, tuple) -> None
        base = -1
        if event == "open":
            path, mode, flags = args
            if not (mode and set(mode) & set("wax+")) and not (flags or 0) & writing:
                return
        elif event in ("os.mkdir", "os.truncate"):
            path = args[0]
            base = args[2] if event == "os.mkdir" else -1
        elif event in ("os.remove", "os.rmdir"):
            path, base = args
        elif event in ("os.rename", "os.link"):
            path, base = args[1], args[3]
        elif event == "os.symlink":
            path, base = args[1:]
        else:
            return
        try:
            path = os.fsdecode(path)
        except TypeError:
            return  # a descriptor
        if not os.path.isabs(path):
            start = folder(base)
            if not start or event == "open" and args[1] is None and folders_open():
                return
            path = os.path.join(start, path)
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
