"""Accept connections, and answer at once what came with them.

A plain asyncio server needs a task and four turns of the loop for a connection of one request.
Mostly the request has come by the time the connection is accepted: then it is read, carried out
and answered in the same turn. Whatever takes longer becomes a Connection.
"""
import errno
import socket
from typing import Any, Dict, List, Tuple

from .connection import WHOLE, Connection, whole
from .dispatch import encode

BURST = 64  # connections accepted before others have their turn
PAUSE = 1.0  # seconds without accepting when the process has no file left
NO_FILE_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Listener:
    """Reads a listening socket by the loop's add_reader, which not every loop has."""

    def __init__(self, server: Any, listening: socket.socket) -> None:
        self.server = server
        self.socket = listening
        server.loop.add_reader(listening, self._accept)

    def close(self) -> None:
        """Give the port back; harmless when that is done."""
        if self.socket.fileno() >= 0:
            self.server.loop.remove_reader(self.socket)
            self.socket.close()

    def _resume(self) -> None:
        if self.socket.fileno() >= 0:
            self.server.loop.add_reader(self.socket, self._accept)

    def _accept(self) -> None:
        for _ in range(BURST):
            try:
                client = self.socket.accept()[0]
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in NO_FILE_LEFT:
                    raise
                self.server.log.warning("cannot accept for %g s: %s", PAUSE, error.strerror)
                self.server.loop.remove_reader(self.socket)
                self.server.loop.call_later(PAUSE, self._resume)
                return
            try:
                self._serve(client)
            except Exception:  # one client's fault ends one connection
                self.server.log.exception("a connection failed")
                client.close()
            if self.socket.fileno() < 0:
                return  # its code ended the server

    def _serve(self, client: socket.socket) -> None:
        client.setblocking(False)
        try:
            data = client.recv(WHOLE)
        except (BlockingIOError, InterruptedError):
            data = b""
        except OSError:  # gone already
            client.close()
            return
        at_once = self.server.at_once and not self.server.full()
        request = whole(data) if data[-1:] == b"}" and at_once else None
        if request is None:
            self._keep(client, Connection(self.server, data))
            return
        answers: List[Tuple[Dict[str, Any], bool]] = []
        self.server.dispatcher.dispatch(
            request, lambda reply, quit: answers.append((reply, quit)))
        reply, quit = answers[0]
        out = encode(reply)
        try:
            sent = client.send(out)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            sent = len(out)  # nobody is there to read it
        if sent == len(out) and not quit:
            client.close()
        else:
            self._keep(client, Connection(self.server, b"", (out[sent:], quit)))

    def _keep(self, client: socket.socket, connection: Connection) -> None:
        self.server.loop.create_task(self._connect(client, connection))

    async def _connect(self, client: socket.socket, connection: Connection) -> None:
        try:
            await self.server.loop.connect_accepted_socket(lambda: connection, client)
        except OSError:  # gone already
            client.close()
            if connection.answered is not None and connection.answered[1]:
                self.server.quit()
