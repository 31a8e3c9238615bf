"""The TCP server: listens, counts its connections, ends with every reply sent."""
import asyncio
import errno
import logging
import os
import socket
import sys
from typing import Any, Callable, Optional, Set

from .connection import Connection
from .dispatch import Dispatcher, Execute
from .listener import Listener
from .settings import PREFIX, Settings

BACKLOG = 512
FLUSH_SECONDS = 1.0  # that replies get to leave when the server ends


class StartError(RuntimeError):
    """The server cannot listen; the text names variable, value and remedy."""


class EchoServer:
    """open(), then serve() as a task; close() ends it, from outside the loop as well."""

    log = logging.getLogger("tcp_echo")

    def __init__(self, settings: Settings, execute: Execute, quit: Callable[[], None],
                 at_once: bool = True) -> None:
        self.settings = settings
        self.at_once = at_once  # execute() answers before it returns
        self.dispatcher = Dispatcher(execute, settings.token)
        self.quit = quit
        self.connections: Set[Connection] = set()
        self.half_sent: Set[Connection] = set()
        self.loop: Any = None
        self.socket: Optional[socket.socket] = None
        self.server: Any = None
        self.clock: Any = None
        self.empty: Any = None

    def open(self) -> int:
        """Bind and listen, and return the port. StartError when that cannot be."""
        host, port = self.settings.host, self.settings.port
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            listener = socket.socket(family, kind, protocol)
        except OSError as error:
            raise StartError("%sHOST=%r cannot be listened on: %s; set an address of this machine"
                             % (PREFIX, host, error.strerror or error)) from None
        try:
            if os.name == "nt":  # there SO_REUSEADDR would let two programs share the port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setblocking(False)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            raise StartError(_bind_error(host, port, error)) from None
        self.socket = listener
        return listener.getsockname()[1]

    async def serve(self) -> None:
        """Answer until cancelled; then let the replies that are written leave."""
        self.loop = asyncio.get_event_loop()
        if self.socket is None:
            return
        try:
            try:
                self.server = Listener(self, self.socket)
            except NotImplementedError:  # Windows' Proactor
                self.server = await self.loop.create_server(
                    lambda: Connection(self), sock=self.socket, backlog=BACKLOG)
            await self.loop.create_future()
        finally:
            self.close()
            await self._flush()

    async def _flush(self) -> None:
        """Wait until every connection has closed, however often the task is cancelled."""
        cancelled = None
        end = self.loop.time() + FLUSH_SECONDS
        self.empty = self.loop.create_future()
        while self.connections and self.loop.time() < end:
            try:
                await asyncio.wait([self.empty], timeout=end - self.loop.time())
            except asyncio.CancelledError as error:
                cancelled = error
        for connection in list(self.connections):
            connection.transport.abort()
        if cancelled is not None:
            raise cancelled

    def stop_listening(self) -> None:
        """Give the port back."""
        if self.server is not None:
            self.server.close()
        elif self.socket is not None:
            self.socket.close()
        self.socket = None

    def close(self) -> None:
        """Stop listening and close every connection once its replies have left."""
        self.stop_listening()
        if self.clock is not None:
            self.clock.cancel()
        for connection in list(self.connections):
            connection.close()

    def full(self) -> bool:
        """True when no connection more may be open."""
        return len(self.connections) >= self.settings.max_connections

    def forget(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.half_sent.discard(connection)
        if self.empty is not None and not self.connections and not self.empty.done():
            self.empty.set_result(None)

    def watch(self, connection: Connection) -> None:
        """Time a half-sent request. The clock only runs while there is one."""
        if connection not in self.half_sent:
            connection.idle_ticks = connection.request_ticks = 0
            self.half_sent.add(connection)
        if self.clock is None:
            self.clock = self.loop.call_later(self.settings.request_seconds / 2, self._tick)

    def _tick(self) -> None:
        # Ticks, not clock time: while a long exec holds the loop nobody's time runs out.
        self.clock = None
        for connection in list(self.half_sent):
            connection.tick()
        if self.half_sent:
            self.clock = self.loop.call_later(self.settings.request_seconds / 2, self._tick)


def _bind_error(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return ("%sPORT=%d is taken by another program on %s; "
                "set another port, or 0 for a free one" % (PREFIX, port, host))
    if error.errno == errno.EACCES:
        return ("%sPORT=%d may not be used by this user on %s; "
                "set a port from 1024 to 65535, or 0 for a free one" % (PREFIX, port, host))
    return ("%sHOST=%r, %sPORT=%d cannot be listened on: %s; set an address of this machine"
            % (PREFIX, host, PREFIX, port, error.strerror or error))


def raise_file_limit(connections: int) -> None:
    """Let the process have as many files open as the connections need, where it may."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 512
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            pass  # fewer connections then: accept() waits for a free one
