"""An add-on that notes what a job prints, for job/output.

What Python writes to sys.stdout is also written, at once, to the file that BGCHECK_PRINTED names.
Blender 2.83 and later.
"""
import os
import sys

bl_info = {
    "name": "bgcheck printed",
    "author": "bgcheck",
    "version": (1, 0, 0),
    "blender": (2, 83, 0),
    "location": "N/A",
    "description": "Notes what is printed",
    "category": "Development",
}


def install(out):  # type: (str) -> None
    note = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    stdout = sys.stdout

    class Noted:
        """The standard output, with a copy of what is written."""

        bgcheck = True

        def write(self, text):  # type: (str) -> int
            os.write(note, text.encode("utf-8", "replace"))
            return stdout.write(text)

        def writelines(self, lines):  # type: (list) -> None
            for line in lines:
                self.write(line)

        def __getattr__(self, name):  # type: (str) -> object
            return getattr(stdout, name)
    sys.stdout = Noted()  # type: ignore[assignment]


def register():  # type: () -> None
    out = os.environ.get("BGCHECK_PRINTED")
    if out and not hasattr(sys.stdout, "bgcheck"):  # it may be enabled again
        install(out)


def unregister():  # type: () -> None
    """It stays until Blender ends."""
