"""Process 1 of a container: starts Blender, obeys the harness, ends with it.

Standard input is the tether: requests, one line of JSON each; its end of file means that the
harness is gone, and everything is killed. Standard error carries events and replies, one line of
JSON each. Standard output is Blender's output, stdout and stderr merged.

When Blender has ended the launcher says so, lists and kills what still runs, says what that was,
and waits for the end of the tether, so that files can be fetched. Its exit code is Blender's, or
128 + the number of the signal that ended it.

It needs nothing but a Python 3.7 or later and /proc.
"""

import binascii
import json
import os
import select
import signal
import sys
import time
from typing import Any, Dict, List, Optional, Tuple

from processes import describe, listeners, oom_kills, processes, read, sample
from sockets import WIRE, hold, leave_stale, relay

# How long descendants that are about to end anyway are given before they count as left.
SETTLE = 0.2
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT,
             signal.SIGUSR1, signal.SIGUSR2)


def say(event: Dict[str, Any]) -> None:
    data = (json.dumps(event) + "\n").encode()
    while data:
        data = data[os.write(2, data):]


def start(command: List[str]) -> Tuple[int, str]:
    """Starts command; returns its PID, and why it could not be started or ""."""
    reader, writer = os.pipe()
    wired = os.environ.get("BGCHECK_STDIN") == "wire"
    if wired:
        WIRE.extend(os.pipe() + os.pipe())
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            # Python ignores these two, and what is ignored stays so across exec.
            for number in (signal.SIGPIPE, getattr(signal, "SIGXFSZ", signal.SIGPIPE)):
                signal.signal(number, signal.SIG_DFL)
            given = os.environ.pop("BGCHECK_STDIN", "")
            if given == "closed":
                os.close(0)
            elif given == "silent":  # the end to write to is inherited, and so stays open
                silent, kept = os.pipe()
                os.set_inheritable(kept, True)
                os.dup2(silent, 0)
            else:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(1, 2)
            if given == "wire":
                os.dup2(WIRE[0], 0)
                os.dup2(WIRE[3], 1)
            try:  # when memory runs out it must not be the launcher that is killed
                with open("/proc/self/oom_score_adj", "w") as f:
                    f.write("500")
            except OSError:
                pass
            os.execvp(command[0], command)
        except OSError as e:
            os.write(writer, "{}: {}".format(command[0], e.strerror).encode())
        finally:
            os._exit(127)
    if wired:
        os.close(WIRE[0])
        os.close(WIRE[3])
    os.close(writer)
    problem = b""
    while True:
        data = os.read(reader, 4096)
        if not data:
            break
        problem += data
    os.close(reader)
    return pid, problem.decode(errors="replace")


class Launcher:
    def __init__(self) -> None:
        self.blender = 0
        self.held = []  # type: List[Any]
        self.status = None  # type: Optional[int]
        self.killing = False
        self.cut = False
        self.partial = b""
        self.oom = oom_kills()
        self.wake_reader, writer = os.pipe()
        os.set_blocking(self.wake_reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in FORWARDED:
            signal.signal(number, lambda number, frame: self.forward(number))

    def forward(self, number: int) -> None:
        """What is sent to the container (docker stop) is meant for Blender."""
        if self.blender and self.status is None:
            os.kill(self.blender, number)

    def kill(self) -> None:
        """Kills everything in the container but process 1."""
        self.killing = True
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def reap(self) -> bool:
        """Collects what has ended; False when no child is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.blender:
                self.status = status

    def turn(self, timeout: Optional[float]) -> None:
        """Waits for a request, a signal or the end of a child, and sees to it."""
        fds = [self.wake_reader] if self.cut else [0, self.wake_reader]
        ready = select.select(fds, [], [], timeout)[0]
        if self.wake_reader in ready:
            os.read(self.wake_reader, 4096)
        if 0 in ready:
            data = os.read(0, 1 << 16)
            if not data:
                self.cut = True
                return
            lines = (self.partial + data).split(b"\n")
            self.partial = lines.pop()
            for line in lines:
                self.answer(json.loads(line.decode()))

    def answer(self, request: Dict[str, Any]) -> None:
        reply = {"event": "reply", "id": request["id"]}  # type: Dict[str, Any]
        try:
            if request["do"] == "kill":
                self.kill()
            elif request["do"] == "read":
                data = read(request["path"])
                reply["content"] = binascii.b2a_base64(data, newline=False).decode()
            elif request["do"] == "mode":
                reply["mode"] = os.lstat(request["path"]).st_mode
            elif self.status is not None:
                reply["error"] = "Blender has ended"
            elif request["do"] == "signal":
                os.kill(self.blender, request["signal"])
            elif request["do"] == "sample":
                reply["sample"] = sample(self.blender)
            elif request["do"] == "listeners":
                reply["listeners"] = listeners()
            elif request["do"] == "relay":
                relay(request["port"])
        except FileNotFoundError:
            reply["missing"] = True
        except OSError as e:
            reply["error"] = str(e)
        say(reply)

    def run(self, command: List[str]) -> int:
        self.held = hold(os.path.join(os.environ["TMPDIR"], "../scratch/hold-port"))
        leave_stale(os.path.join(os.environ["TMPDIR"], "../scratch/stale-socket"))
        self.blender, problem = start(command)
        if problem:
            say({"event": "failed", "error": problem})
            return 127
        say({"event": "started", "pid": self.blender})
        while self.status is None:
            self.turn(None)
            if self.cut and not self.killing:
                self.kill()
            self.reap()
        code, number = -1, 0
        if os.WIFSIGNALED(self.status):
            number = os.WTERMSIG(self.status)
        else:
            code = os.WEXITSTATUS(self.status)
        say({"event": "ended", "code": code, "signal": number,
             "oom": number == signal.SIGKILL and oom_kills() > self.oom})
        left = self.settle()
        self.kill()
        while self.reap():
            self.turn(None)
        say({"event": "done", "left": left})
        while not self.cut:
            self.turn(None)
        return 128 + number if number else code

    def settle(self) -> List[Dict[str, Any]]:
        deadline = time.monotonic() + SETTLE
        while True:
            self.reap()
            left = [p for p in map(describe, processes()) if p is not None]
            rest = deadline - time.monotonic()
            if not left or rest <= 0 or self.cut or self.killing:
                return [] if self.killing else left
            self.turn(rest)  # orphans have become our children: their end is told


if __name__ == "__main__":
    sys.exit(Launcher().run(sys.argv[1:]))
