"""What is there in Blender that an add-on may have put there: each thing with name and place.

Of two kinds: what runs goes on running when its add-on is disabled, the rest only lies about.
"""
import gc
import os
import sys
import threading
import types
from typing import Any, Callable, Dict, Iterator, List, Set, Tuple

from hosted import source

Thing = Tuple[str, str, str]  # kind, name, place (file:line, or "")


def handlers() -> Iterator[Thing]:
    """The functions in the lists of bpy.app.handlers."""
    import bpy

    for name in dir(bpy.app.handlers):
        functions = getattr(bpy.app.handlers, name)
        for function in functions if isinstance(functions, list) else ():
            yield "handler", "%s: %s" % (name, source.name_of(function)), source.place_of(function)


def threads() -> Iterator[Thing]:
    """Python's threads, also those that the module threading does not know."""
    known = {thread.ident: thread for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        if ident in (threading.main_thread().ident, threading.get_ident()):
            continue
        while frame.f_back is not None and "threading.py" not in frame.f_back.f_code.co_filename:
            frame = frame.f_back
        thread = known.get(ident)
        target = getattr(thread, "_target", None)
        place = source.place_of(target) if target is not None else "%s:%d" % (
            frame.f_code.co_filename, frame.f_lineno)
        yield "thread", _thread_name(thread, target), place


def _thread_name(thread: Any, target: Any) -> str:
    """Without the number that threading counts up."""
    if target is not None:
        return source.name_of(target)
    return type(thread).__name__ if thread is not None else "a thread of _thread"


def processes() -> Iterator[Thing]:
    """Child processes that have not ended."""
    for task in _listed("/proc/self/task"):
        for pid in _read("/proc/self/task/%s/children" % task).split():
            state = _read("/proc/%s/stat" % pid).rpartition(")")[2].split()
            command = _read("/proc/%s/cmdline" % pid).replace("\0", " ").strip()
            # multiprocessing's own helper stays until Python ends, and ends with it.
            if state and state[0] != "Z" and "multiprocessing.resource_tracker" not in command:
                yield "process", command[:200] or pid, ""


def sockets() -> Iterator[Thing]:
    """Listening sockets: the kernel's list where there is one, else Python's own."""
    if not os.path.isdir("/proc/self/fd"):
        for name in _python_sockets():
            yield "socket", name, ""
        return
    mine = {_link("/proc/self/fd/" + descriptor) for descriptor in _listed("/proc/self/fd")}
    for table in ("tcp", "tcp6", "unix"):
        unix = table == "unix"
        for line in _read("/proc/self/net/" + table).split("\n")[1:]:
            words = line.split()
            if len(words) < 7 or "socket:[%s]" % words[6 if unix else 9] not in mine:
                continue
            if unix and int(words[3], 16) & 0x10000:  # it accepts
                yield "socket", "unix %s" % (words[7] if len(words) > 7 else "without a name"), ""
            elif not unix and words[3] == "0A":
                yield "socket", "%s port %d" % (table, int(words[1].rpartition(":")[2], 16)), ""


def _python_sockets() -> Iterator[str]:
    import socket

    for thing in gc.get_objects():
        if issubclass(type(thing), socket.socket) and thing.fileno() >= 0:
            try:
                if thing.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield "port %s" % (thing.getsockname()[1],)
            except OSError:
                pass


def modal() -> Iterator[Thing]:
    """Operators that run: Blender keeps the instance of one while its modal() is called, and
    ends those whose class is unregistered."""
    import bpy

    classes = {cls for cls in registered()
               if issubclass(cls, bpy.types.Operator) and hasattr(cls, "modal")}
    for thing in gc.get_objects():
        cls = type(thing)
        if cls in classes and vars(cls).get("bl_rna") is not thing:  # the class's description
            yield "modal operator", source.name_of(cls), source.place_of(cls.modal)


def classes() -> Iterator[Thing]:
    """Python's classes that are registered."""
    for cls in registered():
        yield "class", source.name_of(cls), source.place_of(cls)


def registered() -> Iterator[Any]:
    """The classes themselves. A class has bl_rna of its own while it is registered."""
    import bpy

    def below(cls: Any) -> Iterator[Any]:
        for sub in type.__subclasses__(cls):
            if "bl_rna" in vars(sub) and sub.__module__ not in ("bpy.types", "bpy_types"):
                yield sub
            for one in below(sub):
                yield one
    return below(bpy.types.bpy_struct)


def properties() -> Iterator[Thing]:
    """Properties of Blender's own types, each at the type that it was given to and not at those
    that inherit it, and what Python has set on these types."""
    import bpy

    for name in dir(bpy.types):
        cls = getattr(bpy.types, name, None)
        rna = getattr(cls, "bl_rna", None)
        if rna is None or cls.__module__ not in ("bpy.types", "bpy_types"):
            continue
        keys = set(rna.properties.keys())
        for key in keys - set(rna.base.properties.keys() if rna.base else ()):
            yield "property", "%s.%s" % (name, key), ""
        for key in vars(cls):
            if key not in keys and not key.startswith("__") and key != "bl_rna":
                yield "attribute", "%s.%s" % (name, key), ""


def draws() -> Iterator[Thing]:
    """What was appended to menus, panels and headers."""
    import bpy

    for name in dir(bpy.types):
        draw = getattr(getattr(bpy.types, name, None), "draw", None)
        functions = getattr(draw, "_draw_funcs", None)
        if functions is None:  # the first append() makes the list, with the type's own draw()
            functions = (draw,) if isinstance(draw, types.FunctionType) else ()
        for function in functions:
            own = source.name_of(function)
            if not own.endswith("%s.draw" % name):
                yield "menu entry", "%s: %s" % (name, own), source.place_of(function)


def keymaps() -> Iterator[Thing]:
    """Keys of add-ons."""
    import bpy

    config = bpy.context.window_manager.keyconfigs.addon
    for keymap in config.keymaps if config else ():
        for item in keymap.keymap_items:
            yield "key", "%s: %s" % (keymap.name, item.idname), ""


RUNNING: Tuple[Callable[[], Iterator[Thing]], ...] = (handlers, threads, processes, sockets, modal)
LYING: Tuple[Callable[[], Iterator[Thing]], ...] = (classes, properties, draws, keymaps)


def look(looks: Any) -> List[Thing]:
    """All that these functions find."""
    return [thing for function in looks for thing in function()]


def more(now: List[Thing], base: List[Thing]) -> List[Thing]:
    """What is there now and was not. Counted: a handler that is there once more is more."""
    rest: Dict[Thing, int] = {}
    for thing in base:
        rest[thing] = rest.get(thing, 0) + 1
    found = []
    for thing in now:
        if rest.get(thing, 0):
            rest[thing] -= 1
        else:
            found.append(thing)
    return found


def without_own(things: List[Thing], addon: str, folder: str) -> List[Thing]:
    """Those that do not come from the add-on's files."""
    own: Set[str] = set(source.files(folder)) if folder else set()
    return [thing for thing in things
            if thing[2].rpartition(":")[0] not in own and thing[2] not in own]


def of_others(thing: Thing, addon: str) -> bool:
    """True for a class of another add-on. Blender's own ones are at work as well: 4.2 and later
    enable bl_pkg, which registers when an extension is enabled."""
    root = thing[1].partition(".")[0]
    return thing[0] == "class" and not source.is_own(addon, thing[1]) \
        and hasattr(sys.modules.get(root), "bl_info")


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _listed(path: str) -> List[str]:
    try:
        return os.listdir(path)
    except OSError:
        return []


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
