"""Record what Blender does with add-ons, for a harness that watches from outside.

Run with --python before --addons. Appends JSON lines to the file that the environment variable
BGCHECK_WITNESS names; without it does nothing. It changes nothing else and prints nothing.

    {"event": "begin", "camera": N, "portrait": N, "main": IDENT}
                            before any add-on and script
                            "camera": the signal at which Python appends what all its threads do to
                            the file "stacks" beside the witness file; 0 where it cannot
                            "portrait": the same of the main thread alone, which is safe while
                            other threads run
                            "main": the main thread's name in there, as 0x%016x
    {"event": "enable", "addon": NAME, "ok": BOOL, "traceback": TEXT, "script": BOOL}
                            also of those that the factory settings have enabled before
                            "script": a script has called its register() itself; looked at for
                            the modules that BGCHECK_ADDONS names, parted by commas
    {"event": "unregister", "addon": NAME, "ok": BOOL, "traceback": TEXT}
    {"event": "raised", "type": NAME, "message": TEXT, "file": PATH, "line": N, "outer": NAME}
                            an error came up to Blender, which prints it and goes on: where it was
                            raised, and the outermost function ("<module>": a script ended by it)
    {"event": "handler", "signal": N, "set": "default" or "ignore" or NAME, "frames": [FRAME, ...]}
                            signal.signal was called, as loop.add_signal_handler does, too
    {"event": "left", "code": N, "frames": [FRAME, ...]}
                            os._exit was called; the innermost frame first, at most 12
    {"event": "finalize", "threads": [THREAD, ...], "uncaught": ERROR}
                            the main script has returned, threads are about to be joined: those
                            of Python's threading that live, and where each is
                            "uncaught": what Blender has printed of a script that raised
    {"event": "atexit", "uncaught": ERROR}
                            Python's exit functions run

FRAME is {"file": PATH, "line": N, "function": NAME}; THREAD is that with "name" and "daemon";
ERROR is {"type": NAME, "message": TEXT, "frames": [FRAME, ...]} or null. Each event has also
"time" (seconds since the epoch) and "pid".
"""


def install(path, addons):  # type: (str, str) -> None
    """Wrap addon_utils.enable, the register() of these modules, and the exit hooks."""
    # Everything is imported here and kept in closures: Blender drops a script's own globals.
    import atexit
    import functools
    import json
    import os
    import signal
    import sys
    import threading
    import time
    import traceback
    from typing import Any  # noqa: F401  (for the comments)

    import addon_utils  # type: ignore[import]  # Blender's own

    enable = addon_utils.enable
    enabling = []  # type: list  # names; in addon_utils.enable

    def note(event, **fields):  # type: (str, object) -> None
        line = dict(event=event, time=time.time(), pid=os.getpid(), **fields)
        try:
            with open(path, "a", encoding="utf-8") as out:
                out.write(json.dumps(line) + "\n")
        except OSError:
            pass  # the folder is gone: nobody watches any more

    def factory():  # type: () -> list
        """Those that are enabled already."""
        try:
            import bpy  # type: ignore[import]
        except ImportError:
            return []  # plain Python

        return [entry.module for entry in bpy.context.preferences.addons
                if addon_utils.check(entry.module)[1]]

    def watch_unregister(name, module):  # type: (str, object) -> None
        unregister = getattr(module, "unregister", None)  # type: Any
        if unregister is None or hasattr(unregister, "_bgcheck_witness"):
            return

        @functools.wraps(unregister)
        def unregister_watched(*args, **kwargs):  # type: (object, object) -> object
            try:
                result = unregister(*args, **kwargs)
            except BaseException:
                note("unregister", addon=name, ok=False, traceback=traceback.format_exc())
                raise
            note("unregister", addon=name, ok=True, traceback="")
            return result
        unregister_watched._bgcheck_witness = True  # type: ignore[attr-defined]
        module.unregister = unregister_watched  # type: ignore[attr-defined]

    def watch_register(name, module):  # type: (str, object) -> None
        register = getattr(module, "register", None)  # type: Any
        if register is None:
            return

        @functools.wraps(register)
        def register_watched(*args, **kwargs):  # type: (object, object) -> object
            if enabling:
                return register(*args, **kwargs)
            try:
                result = register(*args, **kwargs)
            except BaseException:
                note("enable", addon=name, ok=False, traceback=traceback.format_exc(), script=True)
                raise
            note("enable", addon=name, ok=True, traceback="", script=True)
            watch_unregister(name, module)
            return result
        module.register = register_watched  # type: ignore[attr-defined]

    class Finder:
        """Finds modules as the others do, and watches those of add-ons when they are imported."""

        def find_spec(self, name, *args):  # type: (str, Any) -> Any
            if name not in addons.split(","):
                return None
            for finder in sys.meta_path:
                find = getattr(finder, "find_spec", None)
                spec = find(name, *args) if find and finder is not self else None  # type: Any
                if spec is None:
                    continue
                execute = getattr(spec.loader, "exec_module", None)  # type: Any

                def exec_watched(module):  # type: (Any) -> None
                    execute(module)
                    watch_register(name, module)
                try:
                    spec.loader.exec_module = exec_watched
                except AttributeError:
                    pass  # a loader that cannot be changed: the module goes unwatched
                return spec
            return None

    @functools.wraps(enable)
    def enable_watched(module_name, *args, **kwargs):  # type: (str, object, object) -> object
        # enable() prints what register() raised and returns None: the traceback is caught on
        # its way to traceback.print_exc, or to the handler that the caller gave.
        seen = []
        print_exc = traceback.print_exc
        handler = kwargs.get("handle_error")  # type: Any

        def print_exc_watched(*a, **k):  # type: (object, object) -> object
            if sys.exc_info()[0] is not None:
                seen.append(traceback.format_exc())
            return print_exc(*a, **k)  # type: ignore[arg-type]

        def handler_watched(error):  # type: (BaseException) -> object
            seen.append("".join(traceback.format_exception(
                type(error), error, error.__traceback__)))
            return handler(error)
        if handler is not None:
            kwargs["handle_error"] = handler_watched
        else:
            traceback.print_exc = print_exc_watched  # type: ignore[assignment]
        enabling.append(module_name)
        try:
            module = enable(module_name, *args, **kwargs)
        except BaseException:
            note("enable", addon=module_name, ok=False, traceback=traceback.format_exc(),
                 script=False)
            raise
        finally:
            enabling.pop()
            traceback.print_exc = print_exc
        note("enable", addon=module_name, ok=module is not None, script=False,
             traceback="" if module is not None else "".join(seen))
        if module is not None:
            watch_unregister(module_name, module)
        return module

    library = os.path.dirname(threading.__file__)

    def frames_of(frame, most=12):  # type: (Any, int) -> list
        """A frame and those that called it, the innermost first."""
        found = []  # type: list
        while frame is not None and len(found) < most:
            found.append({"file": frame.f_code.co_filename, "line": frame.f_lineno,
                          "function": frame.f_code.co_name})
            frame = frame.f_back
        return found

    def finalize():  # type: () -> None
        frames = sys._current_frames()
        threads = []
        for thread in threading.enumerate():
            frame = frames.get(thread.ident or 0)  # type: Any
            if thread is threading.main_thread() or frame is None:
                continue
            # The innermost frame that is not the standard library's is the author's.
            here = frame
            while here is not None and here.f_code.co_filename.startswith((library, "<frozen")):
                here = here.f_back
            threads.append(dict(frames_of(here or frame, 1)[0],
                                name=thread.name, daemon=thread.daemon))
        note("finalize", threads=threads, uncaught=uncaught())

    excepthook = sys.excepthook

    def excepthook_watched(kind, error, tb):  # type: (Any, Any, Any) -> object
        if tb is not None:
            inner = tb
            while inner.tb_next is not None:
                inner = inner.tb_next
            note("raised", type=kind.__name__, message=str(error)[:1000],
                 file=inner.tb_frame.f_code.co_filename, line=inner.tb_lineno,
                 outer=tb.tb_frame.f_code.co_name)
        return excepthook(kind, error, tb)

    def uncaught():  # type: () -> Any
        """What a script has raised; Blender prints it, goes on, and ends with status 0."""
        error = getattr(sys, "last_value", None)  # type: Any
        if not isinstance(error, BaseException):
            return None
        # The innermost frames are the last.
        found = [{"file": f.filename, "line": f.lineno or 0, "function": f.name}
                 for f in traceback.extract_tb(error.__traceback__)][::-1]
        found[11:-1] = []  # a recursion is long; the script is the outermost
        if isinstance(error, SyntaxError):  # it has no frame of its own
            found.insert(0, {"file": error.filename or "", "line": error.lineno or 0,
                             "function": ""})
        try:
            message = str(error)
        except Exception:
            message = ""
        return {"type": type(error).__name__, "message": message[:500], "frames": found}

    exit_now = os._exit

    @functools.wraps(exit_now)
    def exit_watched(status):  # type: (int) -> Any
        try:
            note("left", code=status, frames=frames_of(sys._getframe(1)))
        finally:
            exit_now(status)

    set_handler = signal.signal

    @functools.wraps(set_handler)
    def signal_watched(signalnum, handler):  # type: (Any, Any) -> Any
        was = set_handler(signalnum, handler)
        word = {signal.SIG_DFL: "default", signal.SIG_IGN: "ignore"}.get(handler)
        note("handler", signal=int(signalnum), frames=frames_of(sys._getframe(1)),
             set=word or getattr(handler, "__qualname__", type(handler).__name__))
        return was

    def cameras():  # type: () -> dict
        """Let signals that nobody uses write down the stacks of all threads, and of the main."""
        try:
            import faulthandler

            both = signal.SIGRTMAX - 3, signal.SIGRTMAX - 4
            if any(signal.getsignal(number) != signal.SIG_DFL for number in both):
                return {"camera": 0, "portrait": 0}
            # The handlers are C code: they need neither the interpreter nor its lock. One that
            # reads the stack of a thread that runs meanwhile may crash.
            film = open(os.path.join(os.path.dirname(path), "stacks"), "ab", buffering=0)
            for number in both:
                faulthandler.register(number, file=film, all_threads=number == both[0],
                                      chain=False)
            # At a crash it writes the stacks too, and then Blender writes its own file: that
            # comes to nothing when the stack is used up, and at an abort.
            faulthandler.enable(file=film, all_threads=True)
            return {"camera": int(both[0]), "portrait": int(both[1])}
        except (ImportError, AttributeError, OSError, ValueError, RuntimeError):
            return {"camera": 0, "portrait": 0}

    os._exit = exit_watched  # type: ignore[assignment]
    sys.excepthook = excepthook_watched
    signal.signal = signal_watched  # type: ignore[assignment]
    note("begin", main=threading.main_thread().ident, **cameras())
    for name in factory():
        note("enable", addon=name, ok=True, script=False, traceback="")
        watch_unregister(name, sys.modules.get(name))
    addon_utils.enable = enable_watched
    if addons:
        sys.meta_path.insert(0, Finder())  # type: ignore[arg-type]
    atexit.register(lambda: note("atexit", uncaught=uncaught()))
    at_finalize = getattr(threading, "_register_atexit", None)  # Python 3.9 and later
    if at_finalize is not None:
        at_finalize(finalize)


def main():  # type: () -> None
    """Install when asked to by the environment."""
    import os
    import sys

    path = os.environ.get("BGCHECK_WITNESS")
    if not path:
        return
    try:
        install(path, os.environ.get("BGCHECK_ADDONS", ""))
    except Exception as error:
        sys.stderr.write("witness.py: %s: %s\n" % (type(error).__name__, error))


main()
