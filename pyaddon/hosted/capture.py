"""What is written to stdout and stderr while it lasts, by whomever: Python, Blender, a library.

Blender prints what handlers raise and tells nobody. The descriptors 1 and 2 go to a file; at the
end they are put back and what the file holds is written where it would have gone.
"""
import os
import sys
import tempfile
from typing import Any, Optional


class Capture:
    """A context manager; read() gives what has come since the last read()."""

    def __enter__(self) -> "Capture":
        descriptor, self.path = tempfile.mkstemp(prefix="bgcheck-")
        self.reader = open(self.path, "rb")
        flush()
        self.saved = [os.dup(1), os.dup(2)]
        for number in (1, 2):
            os.dup2(descriptor, number)
        os.close(descriptor)
        return self

    def __exit__(self, *_error: Any) -> None:
        flush()
        for number, saved in zip((1, 2), self.saved):
            os.dup2(saved, number)
            os.close(saved)
        self.reader.seek(0)
        while True:
            some = self.reader.read(1 << 16)
            if not some:
                break
            os.write(1, some)
        self.reader.close()
        os.remove(self.path)

    def read(self) -> str:
        """All that was written since the last time, at most the last mebibyte of it."""
        flush()
        text = self.reader.read()
        return text[-(1 << 20):].decode("utf-8", "replace")


def flush() -> None:
    """Write out what Python and C hold back."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # an add-on has put something else there, or closed it
    library = _c_library()
    if library is not None:
        library.fflush(None)


def _c_library() -> Optional[Any]:
    try:
        import ctypes

        return ctypes.CDLL(None)
    except Exception:
        return None  # Windows, or a Python without ctypes
