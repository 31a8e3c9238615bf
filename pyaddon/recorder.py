"""Record what a script does with Python and Blender, for a harness that looks for a cause.

Run with --python behind witness.py, and before the add-ons and the script. Appends JSON lines to
the file that the environment variable BGCHECK_WITNESS names; without it does nothing. What is
recorded does what it did without: only a traceback through one of the wrapped functions has a line
more.

    {"event": "timer", "name": NAME}            bpy.app.timers.register
    {"event": "thread", "name": NAME, "daemon": BOOL}
                                                threading.Thread.start
    {"event": "at-exit", "name": NAME}          atexit.register
    {"event": "exit", "status": TEXT}           sys.exit
    {"event": "stdin", "ended": BOOL}           the first read of sys.stdin, and its end
    {"event": "loop", "name": NAME}             an asyncio loop begins to run; the thread's name
    {"event": "bind", "address": TEXT, "reuse": BOOL}
                                                a socket is bound; reuse: SO_REUSEADDR was set
    {"event": "process", "name": TEXT}          a process is started
    {"event": "exec", "name": NAME, "on_main": BOOL}
                                                exec of code that is not from a file; NAME of the
                                                thread; the first hundred
    {"event": "raised", "type": NAME, "message": TEXT, "file": PATH, "line": N}
                                                an exception in the author's code, caught or not; of
                                                one kind at one line the first twenty

Each has "frames", as witness.py has them, "time" and "pid".
"""


def install(path):  # type: (str) -> None
    """Wrap what is to be recorded, and listen to what Python tells of itself."""
    # Everything is imported here and kept in closures: Blender drops a script's own globals.
    import asyncio
    import atexit
    import functools
    import io
    import json
    import os
    import socket
    import sys
    import threading
    import time
    from typing import Any  # noqa: F401  (for the comments)

    busy = threading.local()
    here = install.__code__.co_filename

    def frames_of(frame, most=12):  # type: (Any, int) -> list
        found = []  # type: list
        while frame is not None and len(found) < most:
            if frame.f_code.co_filename != here:
                found.append({"file": frame.f_code.co_filename, "line": frame.f_lineno,
                              "function": frame.f_code.co_name})
            frame = frame.f_back
        return found

    def note(event, **fields):  # type: (str, object) -> None
        if getattr(busy, "noting", False):  # what noting does is not noted
            return
        busy.noting = True
        try:
            line = dict(event=event, time=time.time(), pid=os.getpid(),
                        frames=frames_of(sys._getframe(1)), **fields)
            with open(path, "a", encoding="utf-8") as out:
                out.write(json.dumps(line) + "\n")
        except (OSError, ValueError):
            pass  # the folder is gone: nobody watches any more
        finally:
            busy.noting = False

    def name_of(function):  # type: (object) -> str
        return str(getattr(function, "__qualname__", type(function).__name__))

    def wrap(owner, name, before):  # type: (Any, str, Any) -> None
        """Call before with the arguments of each call, and then do the call."""
        was = getattr(owner, name)

        @functools.wraps(was)
        def recorded(*args, **kwargs):  # type: (object, object) -> object
            before(*args, **kwargs)
            return was(*args, **kwargs)
        setattr(owner, name, recorded)

    wrap(threading.Thread, "start",
         lambda thread: note("thread", name=thread.name, daemon=thread.daemon))
    wrap(atexit, "register",
         lambda function, *args, **kwargs: note("at-exit", name=name_of(function)))
    wrap(sys, "exit", lambda code=None: note("exit", status=repr(code)[:100]))
    wrap(asyncio.BaseEventLoop, "run_forever",
         lambda loop: note("loop", name=threading.current_thread().name))
    try:
        import bpy  # type: ignore[import]  # Blender's own

        wrap(bpy.app.timers, "register",
             lambda function, *args, **kwargs: note("timer", name=name_of(function)))
    except ImportError:
        pass  # plain Python

    class Input(io.RawIOBase):
        """Standard input, of which the first read and the end are told."""

        name = "<stdin>"
        told = False

        def readable(self):  # type: () -> bool
            return True

        def fileno(self):  # type: () -> int
            return 0

        def isatty(self):  # type: () -> bool
            return os.isatty(0)

        def readinto(self, buffer):  # type: (Any) -> int
            if not self.told:
                self.told = True
                note("stdin", ended=False)
            data = os.read(0, len(buffer))
            if not data:
                note("stdin", ended=True)
            buffer[:len(data)] = data
            return len(data)

    if sys.stdin is not None and sys.stdin.fileno() == 0:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(Input()), encoding=sys.stdin.encoding,
                                     errors=sys.stdin.errors)

    counted = []  # type: list

    def hear(event, args):  # type: (str, tuple) -> None
        """An audit hook: what it raised would be raised in the target."""
        try:
            if event == "socket.bind":
                reuse = bool(args[0].getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
                note("bind", address=str(args[1])[:200], reuse=reuse)
            elif event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork"):
                note("process", name=str(args[0] if args else event)[:200])
            elif event == "exec" and len(counted) < 100:
                heard(getattr(args[0], "co_filename", ""), sys._getframe(1))
        except Exception:
            pass

    libraries = (os.path.dirname(threading.__file__), "<frozen")

    def heard(name, by):  # type: (str, Any) -> None
        """Exec of a text; libraries have texts of their own, such as namedtuple's."""
        if name.startswith("<") and not name.startswith("<frozen") \
                and not by.f_code.co_filename.startswith(libraries):
            counted.append(name)
            thread = threading.current_thread()
            note("exec", name=thread.name, on_main=thread is threading.main_thread())

    if hasattr(sys, "addaudithook"):  # Python 3.8 and later
        sys.addaudithook(hear)

    raised = {}  # type: dict

    def others(name):  # type: (str) -> bool
        """Say whether a file is Python's, Blender's or ours, or a request's text."""
        return name.startswith("<") or name.startswith(libraries[0]) or name == here \
            or "/scripts/modules/" in name

    def trace(frame, event, arg):  # type: (Any, str, Any) -> Any
        """Be called for each call of the author's, and for each exception in one.

        What a signal's handler raises while this runs is the author's, and is not caught.
        """
        if event == "call":
            if others(frame.f_code.co_filename):
                return None
            frame.f_trace_lines = False
        elif event == "exception" and innermost(arg[2]) \
                and not issubclass(arg[0], (StopIteration, StopAsyncIteration, GeneratorExit)):
            key = (frame.f_code.co_filename, frame.f_lineno, arg[0].__name__)
            raised[key] = raised.get(key, 0) + 1
            if raised[key] <= 20 and len(raised) < 200:
                note("raised", type=key[2], message=text_of(arg[1]), file=key[0], line=key[1])
        return trace

    def text_of(error):  # type: (object) -> str
        try:
            return str(error)[:500]
        except Exception:
            return ""  # its own __str__ raised

    def innermost(traceback):  # type: (Any) -> bool
        """Say whether none of the author's frames is further in."""
        deeper = traceback.tb_next
        while deeper is not None:
            if not others(deeper.tb_frame.f_code.co_filename):
                return False
            deeper = deeper.tb_next
        return True

    threading.settrace(trace)
    sys.settrace(trace)


def main():  # type: () -> None
    """Install when asked to by the environment."""
    import os
    import sys

    path = os.environ.get("BGCHECK_WITNESS")
    if not path:
        return
    try:
        install(path)
    except Exception as error:
        sys.stderr.write("recorder.py: %s: %s\n" % (type(error).__name__, error))


main()
