"""The reference add-on: a TCP service inside `blender --background`.

Connect to 127.0.0.1, send one JSON object, receive one JSON object, the server closes.
{"message": X} is echoed; {"code": "..."} is run on the main thread with bpy at hand; code that
names quit_blender ends Blender. A connection whose first request ends with a line break, sent
along with it, stays open for more, one a line. "id" comes back in the reply. Settings: see
settings.py.

In background mode a script keeps Blender alive and drives the loop: keepalive.run(), or
`while not async_loop.kick_async_loop(): time.sleep(0.01)`. In a window a timer drives it.
"""
import asyncio
import signal
import sys
import threading
from typing import Any, Callable, Dict, Optional

from . import async_loop
from .executor import Executor
from .server import EchoServer, StartError, raise_file_limit
from .settings import SettingError, Settings

try:
    import bpy
except ImportError:  # plain Python, in the tests
    bpy = None

bl_info = {
    "name": "TCP Echo",
    "author": "bgcheck",
    "version": (1, 0, 0),
    "blender": (2, 83, 0),
    "location": "N/A",
    "description": "Echo JSON messages and run Python sent over TCP",
    "category": "Development",
}

_server: Optional[EchoServer] = None
_task: Optional["asyncio.Task[None]"] = None


def in_window() -> bool:
    """True when Blender has a window, whose own loop calls timers."""
    return bpy is not None and not bpy.app.background


def namespace() -> Dict[str, Any]:
    """The globals of one run of a client's code."""
    return {"__name__": "tcp_echo_exec", "bpy": bpy}


_executor = Executor(namespace)
_executing = False
_disabled = False  # by the client's code that is being executed


def execute(code: str, done: Callable[[Dict[str, Any]], None]) -> None:
    """Run code on the main thread: at once in background mode, by a timer in a window."""
    if in_window():
        bpy.app.timers.register(lambda: _execute(code, done), first_interval=0.0, persistent=True)
    else:
        _execute(code, done)


def _execute(code: str, done: Callable[[Dict[str, Any]], None]) -> None:
    global _executing, _disabled
    _executing = True
    try:
        reply = _executor.run(code)
    finally:
        _executing = False
    done(reply)
    if _disabled:
        _disabled = False
        cleanup_server()


def start_server_from_script() -> None:
    """Listen and serve on the main thread's loop; something else has to drive the loop.

    Prints "tcp_echo: listening on HOST:PORT". When it cannot listen, or a setting is wrong, it
    ends a background Blender with one line on stderr and status 1; in a window it raises that
    line as RuntimeError. Does nothing when it serves already.
    """
    global _server, _task
    if _server is not None:
        return
    try:
        settings = Settings()
        server = EchoServer(settings, execute, quit_blender, not in_window())
        port = server.open()
    except (SettingError, StartError) as error:
        if in_window():
            raise RuntimeError("tcp_echo: %s" % error) from None
        sys.stdout.flush()
        raise SystemExit("tcp_echo: %s" % error) from None
    if not settings.is_loopback() and settings.token is None:
        print("tcp_echo: warning: whoever reaches %s:%d can run code here; set "
              "BLENDER_HTTP_ECHO_TOKEN" % (settings.host, port), file=sys.stderr, flush=True)
    raise_file_limit(settings.max_connections)
    _ignore_broken_pipes()
    _server = server
    _task = async_loop.main_loop().create_task(server.serve())
    try:
        async_loop.register()
    except (ValueError, AttributeError):
        pass  # registered with the add-on, or plain Python
    async_loop.drive_in_window()
    _show_running(True)
    print("tcp_echo: listening on %s:%d" % (settings.host, port), flush=True)


def cleanup_server() -> None:
    """Stop listening at once and let written replies leave; harmless when nothing runs."""
    global _server, _task
    server, task, _server, _task = _server, _task, None, None
    if server is not None:
        server.close()
    if task is not None and not task.get_loop().is_closed():
        task.cancel()
        if not task.get_loop().is_running():
            async_loop.kick_async_loop()
    _show_running(False)


def quit_blender() -> None:
    """End Blender with status 0, from inside the loop. A client's code asks for it by name."""
    task = _task
    cleanup_server()
    if in_window():
        bpy.app.timers.register(lambda: bpy.ops.wm.quit_blender() and None, first_interval=0.0)
    elif task is not None:
        task.add_done_callback(_leave)


def _leave(_task: Any) -> None:
    raise SystemExit(0)  # ends run_forever() and kick_async_loop(), past their callers


def _ignore_broken_pipes() -> None:
    # Blender 4.3 leaves SIGPIPE at its default: a client that vanishes would end it.
    if (hasattr(signal, "SIGPIPE") and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def _show_running(running: bool) -> None:
    """Set the property on the first scene, where there is one."""
    if bpy is None:
        return
    try:
        for scene in bpy.data.scenes[:1]:
            scene.tcp_echo_server_running = running
    except (AttributeError, ReferenceError, RuntimeError):
        pass  # bpy.data is restricted, freed, or the property is gone


def _file_loaded(*_args: Any) -> None:
    if _server is not None:
        _show_running(True)


def register() -> None:
    """Add the scene property, the operator and the loop's pool of threads. Serves nothing yet."""
    global _disabled
    _disabled = False
    bpy.types.Scene.tcp_echo_server_running = bpy.props.BoolProperty(
        name="TCP Echo runs", default=False, options={"SKIP_SAVE"})
    async_loop.setup_asyncio_executor()
    async_loop.register()
    handlers = bpy.app.handlers
    handlers.load_post.append(handlers.persistent(_file_loaded))


def unregister() -> None:
    """Undo register() and end the server.

    When a client's code does this, the server ends after that code, its reply sent; it goes on
    when the code registers the add-on again, as loading the factory settings may.
    """
    global _disabled
    if _executing:
        _disabled = True
    else:
        cleanup_server()
    if _file_loaded in bpy.app.handlers.load_post:
        bpy.app.handlers.load_post.remove(_file_loaded)
    try:
        del bpy.types.Scene.tcp_echo_server_running
    except (AttributeError, RuntimeError):
        pass  # gone already
    try:
        async_loop.unregister()
    except (RuntimeError, ValueError):
        pass  # unregistered already
