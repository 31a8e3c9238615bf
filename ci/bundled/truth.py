"""What one add-on really does to a plain Blender, for checking bgcheck's verdicts against.

    blender -b --factory-startup --python-expr RUN -- ADDON RESULT.json
    blender -b --factory-startup --addons ADDON --python-expr RUN -- ADDON RESULT.json addons
    blender -b --factory-startup --python-expr RUN -- "" LOOK.json look
    blender ... --python-expr RUN -- ADDON RESULT.json preferences LOOK.json

RUN is "import runpy; runpy.run_path('truth.py')": see truth_all.py for why.

The first enables it with an entry in the preferences, disables, enables and disables it again.
The second asks what came of --addons, then does the rest without an entry. The third notes what
is there in a Blender whose scripts lack the add-on, the fourth takes that as the base: for those
that --factory-startup enables, before which nothing can be looked at. No code of bgcheck is
used here, on purpose, and each thing is looked for in two ways where there are two: what Python
says, and what stands in the output or in Blender's own lists. Blender is left to end by itself
after it: how it ends is for the one who started it to see (truth_all.py).
"""
import gc
import json
import os
import sys
import threading
import time
import traceback

import addon_utils
import bpy

MOMENT = 2.0  # seconds that a thing may take to go
PHASE = "truth: phase "  # the marker in the output

timers = []  # [function, when it is due, persistent], as registered
messages = []  # owners of subscriptions to the message bus
drawing = []  # (handle, function) of the draw handlers of spaces


def watch():
    """Record timers, subscriptions and draw handlers: Blender lists none of them."""
    register, unregister = bpy.app.timers.register, bpy.app.timers.unregister
    subscribe, clear = bpy.msgbus.subscribe_rna, bpy.msgbus.clear_by_owner

    def timer_registered(function, first_interval=0, persistent=False):
        register(function, first_interval=first_interval, persistent=persistent)
        timers.append([function, time.monotonic() + first_interval, persistent])

    def timer_unregistered(function):
        unregister(function)
        timers[:] = [timer for timer in timers if timer[0] is not function]

    def subscribed(*args, **kwargs):
        subscribe(*args, **kwargs)
        messages.append(kwargs["owner"])

    def cleared(owner):
        clear(owner)
        messages[:] = [other for other in messages if other is not owner]
    bpy.app.timers.register, bpy.app.timers.unregister = timer_registered, timer_unregistered
    bpy.msgbus.subscribe_rna, bpy.msgbus.clear_by_owner = subscribed, cleared
    for name in dir(bpy.types):
        space = getattr(bpy.types, name)
        if name.startswith("Space") and name != "Space" and hasattr(space, "draw_handler_add"):
            watch_drawing(space)


def watch_drawing(space):
    """Record the draw handlers of one type of space, such as SpaceView3D."""
    add, remove = space.draw_handler_add, space.draw_handler_remove

    def added(function, *args):
        handle = add(function, *args)
        drawing.append((handle, function))
        return handle

    def removed(handle, *args):
        remove(handle, *args)
        drawing[:] = [pair for pair in drawing if pair[0] is not handle]
    space.draw_handler_add, space.draw_handler_remove = staticmethod(added), staticmethod(removed)


def run_timers():
    """Do for the timers that are due what Blender's window would do."""
    for timer in list(timers):
        if timer in timers and timer[1] <= time.monotonic():
            try:
                again = timer[0]()
            except Exception:
                traceback.print_exc()
                again = None
            if again is None:
                if bpy.app.timers.is_registered(timer[0]):
                    bpy.app.timers.unregister(timer[0])
            else:
                timer[1] = time.monotonic() + max(0.001, again)


def named(function):
    """A function by its module and name."""
    function = getattr(function, "func", function)
    return "%s.%s" % (getattr(function, "__module__", "?"),
                      getattr(function, "__qualname__", repr(function)))


def handlers():
    return ["%s: %s" % (name, named(function)) for name in dir(bpy.app.handlers)
            for function in (getattr(bpy.app.handlers, name),)
            if isinstance(function, list) for function in function]


def live_timers():
    """Those recorded, and those that Blender says are registered, whoever did it."""
    found = [timer[0] for timer in timers if bpy.app.timers.is_registered(timer[0])]
    for thing in gc.get_objects():
        if type(thing) in (type(named), type(timers.append), type(threading.Event().set)):
            if bpy.app.timers.is_registered(thing) and thing not in found:
                found.append(thing)
    return [named(function) for function in found]


def threads():
    """Python's own list, and the names of the kernel's for those that Python does not know."""
    found = ["%s %s" % (thread.name.rstrip("0123456789"), type(thread).__name__)
             for thread in threading.enumerate()]
    for task in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/%s/comm" % task) as comm:
                name = comm.read().strip()
        except OSError:
            continue
        if name.startswith("python"):
            found.append("kernel: " + name)
    return found


def sockets():
    """The kernel's listening TCP and Unix sockets that are open in this process."""
    mine = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            mine.add(os.readlink("/proc/self/fd/" + fd))
        except OSError:
            pass
    found = []
    for table, inode, state, listens in (("tcp", 9, 3, "0A"), ("tcp6", 9, 3, "0A"),
                                         ("udp", 9, 3, "07"), ("unix", 6, 5, "01")):
        with open("/proc/self/net/" + table) as lines:
            for line in list(lines)[1:]:
                words = line.split()
                if "socket:[%s]" % words[inode] in mine and words[state] == listens:
                    found.append("%s %s" % (table, words[1] if inode == 9 else words[-1]))
    return found


def modal():
    """Operators with modal() that are alive: Blender keeps the instance of one that runs."""
    return [type(thing).__name__ for thing in gc.get_objects()
            if issubclass(type(thing), bpy.types.Operator) and hasattr(type(thing), "modal")
            and vars(type(thing)).get("bl_rna") is not thing]


def structs():
    return [name for name in dir(bpy.types) if not name.startswith("__")]


def subclasses(of=None):
    for cls in type.__subclasses__(of or bpy.types.bpy_struct):
        yield cls
        yield from subclasses(cls)


def classes():
    """Python's classes that Blender has in use."""
    return ["%s.%s" % (cls.__module__, cls.__name__) for cls in subclasses()
            if "bl_rna" in vars(cls) and cls.__module__ != "bpy.types"]


def properties():
    """RNA's properties of all types, and what was set on the types in Python."""
    found = []
    for name in structs():
        cls = getattr(bpy.types, name, None)
        rna = getattr(cls, "bl_rna", None)
        if rna is not None and cls.__module__ == "bpy_types" or rna and cls.__module__ == \
                "bpy.types":
            found += ["%s.%s" % (name, key) for key in rna.properties.keys()]
            found += ["%s.%s" % (name, key) for key in vars(cls) if key not in rna.properties]
    return found


def operators():
    return ["%s.%s" % (group, name) for group in dir(bpy.ops)
            for name in dir(getattr(bpy.ops, group))]


def draws():
    """What was appended to menus, panels and headers; the first append adds their own draw(),
    so that of those without any is counted as well."""
    found = []
    for name in structs():
        draw = getattr(getattr(bpy.types, name, None), "draw", None)
        functions = getattr(draw, "_draw_funcs", (draw,) if type(draw) is type(named) else ())
        found += ["%s: %s" % (name, named(function)) for function in functions
                  if not named(function).endswith("%s.draw" % name)]
    return found


def keymaps():
    config = bpy.context.window_manager.keyconfigs.addon
    return ["%s: %s" % (keymap.name, item.idname) for keymap in (config.keymaps if config else ())
            for item in keymap.keymap_items]


LOOKED = {"handlers": handlers, "timers": live_timers, "threads": threads, "sockets": sockets,
          "modal": modal, "messages": lambda: [repr(owner)[:80] for owner in messages],
          "drawing": lambda: [named(function) for _handle, function in drawing],
          "properties": properties, "classes": classes, "structs": structs,
          "operators": operators, "draws": draws, "keymaps": keymaps}


def look():
    return {name: function() for name, function in LOOKED.items()}


def more(base, now):
    """What is there now and was not (counted: one more of the same is more)."""
    found = {}
    for name in LOOKED:
        rest = list(base[name])
        new = [thing for thing in now[name] if thing not in rest or rest.remove(thing)]
        if new:
            found[name] = sorted(new)
    return found


def settled(base):
    """What is there more than before, once a moment has passed."""
    end = time.monotonic() + MOMENT
    first = left = more(base, look())
    while any(left.get(name) for name in ("handlers", "timers", "threads", "sockets")) \
            and time.monotonic() < end:
        run_timers()
        time.sleep(0.05)
        left = more(base, look())
    return {"at_once": first, "later": left}


def step(name, function, *args, **kwargs):
    """One step: what it returned and what was raised in it, by handle_error."""
    raised = []
    print(PHASE + name, flush=True)

    def handle_error(error):
        raised.append("".join(traceback.format_exception(
            type(error), error, error.__traceback__)))
    start = time.monotonic()
    result = None
    try:
        result = function(*args, handle_error=handle_error, **kwargs)
    except BaseException:
        raised.append(traceback.format_exc())
    seconds = round(time.monotonic() - start, 3)
    sys.stdout.flush()
    print(PHASE + "between", flush=True)
    return {"returned": result is not None, "raised": raised, "seconds": seconds}


def main(addon, result, mode="preferences", without=""):
    steps, out = {}, {"addon": addon, "mode": mode, "blender": bpy.app.version_string}
    watch()
    state = addon_utils.check(addon)
    out["at_start"] = list(state)
    entry = mode == "preferences"
    if state[1]:  # by the factory's settings, or by --addons
        steps["disable_first"] = step("disable_first", addon_utils.disable, addon,
                                      default_set=entry)
    base = look()
    if mode == "look":
        out["look"] = base
    if without:  # what a Blender that does not bring the add-on has
        with open(without, encoding="utf-8") as file:
            base = json.load(file)["look"]
        steps["left0"] = settled(base)
    for turn in ("1", "2") if mode != "look" else ():
        enabled = step("enable" + turn, addon_utils.enable, addon, default_set=entry)
        enabled["check"] = list(addon_utils.check(addon))
        enabled["adds"] = {name: len(things) for name, things in more(base, look()).items()}
        steps["enable" + turn] = enabled
        if enabled["check"][1]:
            run_timers()
            steps["disable" + turn] = step("disable" + turn, addon_utils.disable, addon,
                                           default_set=entry)
        steps["left" + turn] = settled(base)
    out["steps"] = steps
    with open(result, "w", encoding="utf-8") as file:
        json.dump(out, file)
    print(PHASE + "end", flush=True)


main(*sys.argv[sys.argv.index("--") + 1:])
