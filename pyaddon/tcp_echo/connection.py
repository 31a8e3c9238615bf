"""One client's connection."""
import asyncio
from typing import Any, Dict, Optional, Tuple

from .framing import Framer, FramingError
from .dispatch import encode, parse, refusal

WHOLE = 65536  # bytes; a first piece up to here is tried as a whole request
BURST = 64  # requests of one connection answered before others have their turn
LINE_BREAK_WAIT = 0.02  # seconds that a line break may come after the rest of its request
LINGER = 2.0  # seconds that a refused client may go on sending


class Connection(asyncio.Protocol):
    """Reads requests, has them carried out one after the other, writes the replies."""

    def __init__(self, server: Any, early: bytes = b"",
                 answered: Optional[Tuple[bytes, bool]] = None) -> None:
        self.server = server
        self.early = early  # read before there was a transport
        self.answered = answered  # the rest of a reply, and whether the server ends then
        self.framer = Framer(server.settings.max_message)
        self.transport: Any = None
        self.pieces = 0  # of the first request
        self.busy = False  # a reply is on its way
        self.full = False  # the client does not read its replies
        self.ended = False  # the client has sent its last byte
        self.paused = False  # reading
        self.closing = False  # no further request is read
        self.quit = False  # the server ends once the reply has left
        self.idle_ticks = 0  # of the server's clock since the last byte
        self.request_ticks = 0  # of the server's clock since the request began
        self.working = False  # in _work

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        server = self.server
        refused = server.full()
        server.connections.add(self)
        if refused:
            self._refuse("TooManyConnections", "more than %d connections are open"
                         % server.settings.max_connections)
        elif self.answered is not None:
            rest, quit = self.answered
            self.transport.write(rest)
            self._leave(quit)
        elif self.early:
            self.data_received(self.early)
        self.early, self.answered = b"", None

    def data_received(self, data: bytes) -> None:
        if self.closing:
            return  # lingering: read and dropped
        self.idle_ticks = 0
        framer = self.framer
        if not framer.first_done:
            self.pieces += 1
            if self.pieces == 1 and len(data) <= WHOLE and data[0] == 0x7B:
                request = whole(data)
                if request is not None:
                    framer.first_done = True
                    framer.lines = data[-1] == 0x0A
                    self._carry_out(request)
                    return
        framer.feed(data)
        self._work()

    def eof_received(self) -> bool:
        if self.closing:
            return False
        self.ended = True
        self._work()
        return True  # stays open for the replies

    def pause_writing(self) -> None:
        self.full = True
        self._pause()

    def resume_writing(self) -> None:
        self.full = False
        self._resume()

    def connection_lost(self, error: Optional[Exception]) -> None:
        self.closing = True
        self.server.forget(self)
        if self.quit:
            self.server.quit()

    def tick(self) -> None:
        """The server's clock: half a request's time has gone by."""
        if self.closing or self.busy or self.full:
            return
        self.idle_ticks += 1
        self.request_ticks += 1
        if self.idle_ticks > 2 or self.request_ticks > 120:
            self._refuse("RequestTimeout", "half a request, then nothing for %d seconds"
                         % self.server.settings.request_seconds)

    def close(self) -> None:
        """Let what is written leave, then close."""
        self.closing = True
        self.transport.close()

    def _work(self) -> None:
        """Carry out what has come, as far as it can be now."""
        if self.working:
            return
        self.working = True
        try:
            for _ in range(BURST):
                if self.busy or self.full or self.closing:
                    break
                payload = self.framer.next()
                if payload is None and self.ended:
                    payload = self.framer.rest()
                if payload is None:
                    self._wait()
                    break
                self.request_ticks = 0
                try:
                    request = parse(payload)
                except (ValueError, RecursionError) as error:
                    self._answer(refusal("BadRequest", "not a JSON object in UTF-8: %s" % error))
                    continue
                del payload
                self._carry_out(request)
            else:
                self.server.loop.call_soon(self._work)
        except FramingError as error:
            self._refuse(error.kind, str(error))
        finally:
            self.working = False

    def _wait(self) -> None:
        """Nothing can be done until more comes."""
        if self.ended:
            self.close()
        elif self.framer.pending:
            self.server.watch(self)
        else:
            self.server.half_sent.discard(self)

    def _carry_out(self, request: Dict[str, Any]) -> None:
        self.busy = True
        self.server.dispatcher.dispatch(request, self._answer)
        if self.busy:
            self._pause()

    def _answer(self, reply: Dict[str, Any], quit: bool = False) -> None:
        self.busy = False
        transport = self.transport
        if transport.is_closing():
            self.closing = True
            if quit:
                self.server.quit()
            return
        transport.write(encode(reply))
        if quit:
            self._leave(True)
        elif self.framer.lines:
            if not self.full:
                self._resume()
        elif self.pieces > 1 and not self.ended:  # its line break may be on the way
            self.server.loop.call_later(LINE_BREAK_WAIT, self._close_unless_lines)
        else:
            self.close()

    def _pause(self) -> None:
        if not (self.paused or self.closing or self.ended):
            self.paused = True
            self.transport.pause_reading()

    def _leave(self, quit: bool) -> None:
        """Close after the reply that is written; the server ends then if asked to."""
        self.quit = quit
        if quit:
            self.server.stop_listening()
        self.close()

    def _resume(self) -> None:
        if self.paused and not (self.closing or self.ended):
            self.paused = False
            self.transport.resume_reading()
        if not self.working and (self.framer.pending or self.ended):
            self.server.loop.call_soon(self._work)

    def _close_unless_lines(self) -> None:
        if not (self.framer.lines or self.closing):
            self.close()

    def _refuse(self, kind: str, message: str) -> None:
        """Say what is wrong, then close; the client may still be sending and is heard out."""
        self.closing = True
        self.framer = Framer(0)
        self.server.half_sent.discard(self)
        self.server.log.warning("%s: %s", kind, message)
        self.transport.write(encode(refusal(kind, message)))
        if self.ended or not self.transport.can_write_eof():
            self.transport.close()
            return
        self.transport.write_eof()
        if self.paused:
            self.transport.resume_reading()
        self.server.loop.call_later(LINGER, self.transport.close)


def whole(data: bytes) -> Optional[Dict[str, Any]]:
    """The request when the piece is exactly one, as the framer would find it."""
    if data[-1] != 0x7D and data[-2:] != b"}\n":
        return None
    try:
        return parse(data)
    except (ValueError, RecursionError):
        return None
