"""What the tests share: the folder under test and a way to run scripts in plain Python."""
import importlib
import os
import subprocess
import sys
import textwrap
from typing import Any, Dict, Optional

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LONG = 60  # seconds; a safety net, never what is measured


def module(name: str) -> Any:
    """A module of the folder under test."""
    if FOLDER not in sys.path:
        sys.path.insert(0, FOLDER)
    return importlib.import_module(name)


class Script:
    """A plain Python process that runs a script beside keepalive.py."""

    def __init__(self, code: str, env: Optional[Dict[str, str]] = None) -> None:
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("BLENDER_")}
        environment.update(PYTHONPATH=FOLDER, PYTHONDONTWRITEBYTECODE="1")
        environment.update(env or {})
        self.process: Any = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True)

    def line(self) -> str:
        """Its next line of output, waited for."""
        return self.process.stdout.readline().rstrip("\n")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> "Ended":
        """Wait for its end."""
        try:
            out, err = self.process.communicate(timeout=LONG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            raise AssertionError("did not end\nstdout: %s\nstderr: %s" % (out, err))
        return Ended(self.process.returncode, out, err)


class Ended:
    """How a script ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return "exit status %s\nstdout: %s\nstderr: %s" % (self.code, self.out, self.err)


def run(code: str, env: Optional[Dict[str, str]] = None) -> Ended:
    """Run a script to its end."""
    return Script(code, env).end()
