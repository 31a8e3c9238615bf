"""tcp_echo.framing: requests do not depend on how the bytes were cut, and cost linear time."""
import json
import random
import unittest
from typing import Any

from context import module

Framer: Any = module("tcp_echo.framing").Framer
FramingError = module("tcp_echo.framing").FramingError

STREAMS = [
    b'{"message": "hi"}',
    b'  {"message": "hi"}',
    b'{"message": "hi"}\n',
    b'{"message": "hi"} \r\n',
    b'{"a": 1}\n{"b": 2}\n\n{"c": 3}',
    b'\n{"a": 1}\n{"b": 2}\n',
    b'{\n  "a": [\n    {"b": "}"}\n  ]\n}\n{"line": 2}\n',
    b'{"a": "\\"}{\\\\"}\n',
    b'{"a": "\\\\\\\\", "b": ["]", "\\u007d"]}',
    '{"a": "\u00e9\u4e16\U0001f600}"}'.encode("utf-8"),
    b'{"a": {"b": {"c": [[[[{}]], {}], []]}}}',
    b'{"a": 1}garbage',
    b'{"a": 1} {"b": 2}\n',
    b'hello',
    b'hello\n{"a": 1}\n',
    b'[1, 2]\n',
    b'{"a": "line\nbreak"}\n',
    b'{"a": "line\\\nbreak"}\n',
    b'{"a" \\ }',
    b'{"a" \x01 }',
    b'{]}',
    b'{"a": 1}\nnot json\n{"b": 2}\n',
    b'{"half": ',
    b'{"half": "\\',
    b'{"a": 1}\n{"half": ',
    b'',
    b' \n ',
]


def requests(pieces, limit=1 << 20, framer=None):
    """Everything the framer finds, and how it ends."""
    framer = framer or Framer(limit)
    found = []
    try:
        for piece in pieces:
            framer.feed(piece)
            while True:
                request = framer.next()
                if request is None:
                    break
                found.append(bytes(request))
        rest = framer.rest()
        if rest is not None:
            found.append(bytes(rest))
    except FramingError as error:
        found.append((error.kind, str(error)))
    return found


def cut(stream, sizes):
    pieces, at = [], 0
    while at < len(stream):
        size = next(sizes)
        pieces.append(stream[at:at + size])
        at += size
    return pieces


class Counting(Framer):
    """Counts the bytes that it looks at."""

    looked = 0

    def _scan(self, piece):
        self.looked += len(piece)
        return super()._scan(piece)


class FramingTest(unittest.TestCase):
    def test_whole_requests(self):
        self.assertEqual(requests([b'{"a": "}"}{"b": 2}']), [b'{"a": "}"}'])
        self.assertEqual(requests([b'{"a": 1}\n{"b": 2}\n']), [b'{"a": 1}', b'{"b": 2}'])
        self.assertEqual(requests([b'\n{"a": 1}\n']), [b'{"a": 1}'])

    def test_errors(self):
        for stream, kind in ((b"hello", "BadRequest"), (b'{"half": ', "IncompleteRequest"),
                             (b'{"a": "line\nbreak', "BadRequest"), (b"{" * 20000, "BadRequest")):
            self.assertEqual(requests([stream])[-1][0], kind)

    def test_the_cut_does_not_matter(self):
        numbers = random.Random(1)
        for stream in STREAMS:
            whole = requests([stream])
            self.assertEqual(requests(cut(stream, iter(lambda: 1, 0))), whole, stream)
            for _ in range(20):
                sizes = iter(lambda: numbers.randint(1, 9), 0)
                self.assertEqual(requests(cut(stream, sizes)), whole, stream)

    def test_the_cut_does_not_matter_for_long_requests(self):
        """Long pieces are looked at in another way than short ones."""
        numbers = random.Random(2)
        for _ in range(8):
            stream = json.dumps(_value(numbers, 6), indent=numbers.choice([None, 1]),
                                ensure_ascii=numbers.random() < 0.5).encode("utf-8")
            for end in (b"", b"\n", b"garbage"):
                for longest in (700, 5000, 100000):
                    sizes = iter(lambda: numbers.randint(1, longest), 0)
                    self.assertEqual(requests(cut(stream + end, sizes)), [stream])
            broken = bytearray(stream)
            broken[numbers.randrange(1, len(broken))] = numbers.choice(b'"\\{}[]\n')
            for longest in (1, 700, 5000):
                sizes = iter(lambda: numbers.randint(1, longest), 0)
                self.assertEqual(requests(cut(bytes(broken), sizes))[:1],
                                 requests([bytes(broken)])[:1])

    def test_each_byte_is_looked_at_once(self):
        stream = json.dumps({"message": 'quote " backslash \\ brace } ' * 20000}).encode("utf-8")
        for size in (1, 1000, 65536):
            framer = Counting(1 << 30)
            self.assertEqual(requests(cut(stream, iter(lambda: size, 0)), framer=framer), [stream])
            # A backslash at the end of a piece is looked at again with what comes next.
            self.assertLess(framer.looked, 1.1 * len(stream))

    def test_too_long(self):
        request = b'{"a": "%s"}' % (b"x" * 100)
        self.assertEqual(requests([request], len(request)), [request])
        for pieces in ([request], cut(request, iter(lambda: 7, 0)), [request[:-1]],
                       [b"\n" + request + b"\n"], [b'{}\n' + request]):
            self.assertEqual(requests(pieces, len(request) - 2)[-1][0], "MessageTooLarge")


def _value(numbers, depth):
    kind = numbers.randrange(4) if depth < 6 else 1
    if depth == 0 or kind == 0:
        return "".join(numbers.choice('ab"\\{}[]\n\u00e9\u4e16') for _ in range(300))
    if kind == 1:
        return {str(n): _value(numbers, depth - 1) for n in range(4)}
    if kind == 2:
        return [_value(numbers, depth - 1) for n in range(4)]
    return numbers.random()


if __name__ == "__main__":
    unittest.main()
