"""Cut a stream of bytes into requests, however TCP cut it, in linear time."""
import re
from typing import Optional

# Outside a string a backslash is an error; \x01 and \x02, errors as well, stand for an escaped
# backslash and an escaped quote while a piece is looked at.
STRAY = b"\\\x01\x02"
ALL_BUT_TOKENS = bytes(code for code in range(256) if code not in b"{}[]" + STRAY)
TOKEN = re.compile(rb'["{}\[\]\\\x01\x02]')
STRING_STOP = re.compile(rb'["\\]')
SPACE = b" \t\r\n"
SMALL = 512  # bytes; a smaller piece is walked token by token
ROUNDS = 32  # of taking away nested pairs before a piece is walked
DEEPEST = 10000  # levels of nesting; Python's JSON gives up earlier


class FramingError(ValueError):
    """What was sent cannot be a request; kind is the name that the reply carries."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Framer:
    """The requests of one connection.

    The first request is a JSON object and ends with its closing brace; it may hold line breaks
    between its parts. When a line break follows it (or stands before it), every later request is
    one line. `lines` says so. `pending` is true while a request has begun and not ended.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.lines = False
        self.first_done = False
        self.buffer = bytearray()
        self.searched = 0  # bytes of the buffer looked through
        self.depth = 0
        self.in_string = False

    @property
    def pending(self) -> bool:
        return bool(self.buffer)

    def feed(self, data: bytes) -> None:
        self.buffer += data

    def next(self) -> Optional[bytearray]:
        """The next whole request, without its line break; None when there is none yet.

        FramingError when what is there can never become one.
        """
        if self.lines:
            return self._next_line()
        if self.first_done:
            self._look_for_line_break()
            return self._next_line() if self.lines else None
        return self._first()

    def rest(self) -> Optional[bytearray]:
        """What is left when the other side has ended: a last line, or None."""
        left, self.buffer = self.buffer.strip(SPACE), bytearray()
        if left and not self.lines:
            if self.first_done:
                return None
            raise FramingError("IncompleteRequest",
                               "the connection ended after %d bytes of a request" % len(left))
        return left or None

    def _next_line(self) -> Optional[bytearray]:
        while True:
            end = self.buffer.find(b"\n", self.searched)
            if end < 0:
                self.searched = len(self.buffer)
                self._check_size(self.searched)
                return None
            self._check_size(end)
            line = self.buffer[:end]
            del self.buffer[:end + 1]
            self.searched = 0
            if line.strip(SPACE):
                return line

    def _first(self) -> Optional[bytearray]:
        if not self.searched:
            self._skip_space()
            if self.buffer and self.buffer[0] != 0x7B:
                raise FramingError("BadRequest", "a request is a JSON object: it begins with {")
            if self.lines:
                return self._next_line()
        end = self._scan(bytes(memoryview(self.buffer)[self.searched:]))
        if end < 0:
            self._check_size(len(self.buffer))
            return None
        self._check_size(end)
        request = self.buffer[:end]
        del self.buffer[:end]
        self.searched = 0
        self.first_done = True
        self._look_for_line_break()
        return request

    def _skip_space(self) -> None:
        left = self.buffer.lstrip(SPACE)
        self.lines = b"\n" in self.buffer[:len(self.buffer) - len(left)]
        self.buffer = left

    def _look_for_line_break(self) -> None:
        left = self.buffer.lstrip(b" \t\r")
        if left and left[0] == 0x0A:
            self.lines = True
            self.buffer = left[1:]
        elif left:  # something else than a request of its own line: not looked at
            self.buffer = bytearray()

    def _check_size(self, size: int) -> None:
        if size > self.limit:
            raise FramingError("MessageTooLarge", "a request has at most %d bytes" % self.limit)

    def _scan(self, piece: bytes) -> int:
        """Look at the bytes not searched yet. The end of the object in the buffer, or -1."""
        start = self.searched
        odd = (len(piece) - len(piece.rstrip(b"\\"))) % 2
        if odd:  # the backslash belongs to what comes next
            piece = piece[:-1]
        end = self._walk(piece) if len(piece) <= SMALL else self._leap(piece)
        self.searched = start + len(piece)
        return start + end if end >= 0 else -1

    def _leap(self, piece: bytes) -> int:
        """As _walk, with operations on whole pieces; walks only where the end may be."""
        bare = piece
        if b"\\" in piece:
            bare = piece.replace(b"\\\\", b"\x01").replace(b'\\"', b"\x02")
        parts = bare.split(b'"')
        inside = 0 if self.in_string else 1
        brackets = b"".join(parts[1 - inside::2]).translate(None, ALL_BUT_TOKENS)
        size, rounds = -1, 0
        while size != len(brackets) and rounds < ROUNDS:  # pairs cancel out, one level a round
            size, rounds = len(brackets), rounds + 1
            brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
        closing = brackets.count(b"}") + brackets.count(b"]")
        if closing >= self.depth or any(code in brackets for code in STRAY):
            return self._walk(piece)
        if b"\n" in piece and any(b"\n" in part for part in parts[inside::2]):
            raise _broken_string()
        self._deepen(len(brackets) - 2 * closing)
        if len(parts) % 2 == 0:
            self.in_string = not self.in_string
        return -1

    def _deepen(self, levels: int) -> None:
        self.depth += levels
        if self.depth > DEEPEST:
            raise FramingError("BadRequest", "nested more than %d levels deep" % DEEPEST)

    def _walk(self, piece: bytes) -> int:
        """Follow strings and brackets to the end of the object in piece, or to its end: -1."""
        at = 0
        while True:
            if self.in_string:
                found = STRING_STOP.search(piece, at)
                stop = found.start() if found else len(piece)
                if piece.find(b"\n", at, stop) >= 0:
                    raise _broken_string()
                if found is None:
                    return -1
                if piece[stop] == 0x5C:
                    if piece[stop + 1] == 0x0A:
                        raise _broken_string()
                    at = stop + 2
                    continue
                self.in_string = False
            else:
                found = TOKEN.search(piece, at)
                if found is None:
                    return -1
                stop = found.start()
                code = piece[stop]
                if code == 0x22:
                    self.in_string = True
                elif code in b"{[":
                    self._deepen(1)
                elif code in STRAY:
                    raise FramingError("BadRequest", "byte 0x%02x outside a string" % code)
                else:
                    self.depth -= 1
                    if self.depth <= 0:
                        return stop + 1
            at = stop + 1


def _broken_string() -> FramingError:
    return FramingError("BadRequest", "line break inside a string: JSON writes it as \\n")
