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
import errno
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

# How long descendants that are about to end anyway are given before they count as left.
SETTLE = 0.2
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT,
             signal.SIGUSR1, signal.SIGUSR2)
OOM_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
TICK = 1.0 / os.sysconf("SC_CLK_TCK")
# Pipes for Blender's standard input and output when these are a wire: each to read, to write.
WIRE = []  # type: List[int]
PAGE = os.sysconf("SC_PAGE_SIZE")


def say(event: Dict[str, Any]) -> None:
    data = (json.dumps(event) + "\n").encode()
    while data:
        data = data[os.write(2, data):]


def read(path: str) -> bytes:
    with open(path, "rb") as f:
        return f.read()


def oom_kills() -> int:
    """How often the kernel has killed something here for want of memory."""
    for path in OOM_FILES:
        try:
            for line in read(path).splitlines():
                words = line.split()
                if words[0] == b"oom_kill":
                    return int(words[1])
        except OSError:
            continue
    return 0


def hold(order: str) -> List[socket.socket]:
    """Listens on the port that the file order names, if there is one: Blender shall meet it taken.

    The file "port-held" beside it then says so.
    """
    try:
        port = int(read(order))
    except FileNotFoundError:
        return []
    held = []
    for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        try:
            listener = socket.socket(family, socket.SOCK_STREAM)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address, port))
            listener.listen(1)
            held.append(listener)
        except OSError:
            continue  # no IPv6 here
    if held:
        with open(os.path.join(os.path.dirname(order), "port-held"), "w"):
            pass
    return held


def leave_stale(order: str) -> None:
    """Leaves the file of a dead Unix socket where the file order says, if there is one."""
    try:
        inside = os.path.dirname(os.environ["TMPDIR"])
        path = read(order).decode().replace("{dir}", inside)
    except FileNotFoundError:
        return
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)


def relay(port: int) -> None:
    """Joins those who connect to the port to the Unix sockets that they name in a first line."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(100)

    def accept() -> None:
        while True:
            client = listener.accept()[0]
            threading.Thread(target=join, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def join(client: socket.socket) -> None:
    """Connects client to the socket that it names; tells it the number of the error, or 0."""
    with client, socket.socket(socket.AF_UNIX) as service:
        path = b""
        while not path.endswith(b"\n"):
            data = client.recv(1)
            if not data:
                return
            path += data
        if path == b"stdio:\n":
            client.sendall(b"0\n")
            threading.Thread(target=feed, args=(client,), daemon=True).start()
            for data in iter(lambda: os.read(WIRE[2], 1 << 16), b""):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return
        try:
            service.connect(path[:-1])
        except OSError as e:
            client.sendall(b"%d\n" % (e.errno or errno.EIO))
            return
        client.sendall(b"0\n")
        there = threading.Thread(target=pump, args=(client, service), daemon=True)
        there.start()
        pump(service, client)
        there.join()


def feed(client: socket.socket) -> None:
    """Copies what comes from client to Blender's standard input, and its end."""
    try:
        for data in iter(lambda: client.recv(1 << 16), b""):
            while data:
                data = data[os.write(WIRE[1], data):]
    except OSError:
        pass  # Blender has closed it
    os.close(WIRE[1])


def pump(source: socket.socket, to: socket.socket) -> None:
    """Copies one direction to its end, and passes on how it ended."""
    try:
        while True:
            data = source.recv(1 << 18)
            if not data:
                to.shutdown(socket.SHUT_WR)
                return
            to.sendall(data)
    except OSError:
        for one in (source, to):
            if one.family == socket.AF_INET:  # a reset
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed before


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


def processes() -> List[int]:
    """All processes of the container but this one."""
    return sorted(int(n) for n in os.listdir("/proc") if n.isdigit() and int(n) != os.getpid())


def stat(pid: int) -> Tuple[str, List[bytes]]:
    """The name and the fields behind it; fields[0] is the state."""
    text = read("/proc/{}/stat".format(pid))
    name = text[text.index(b"(") + 1:text.rindex(b")")]
    return name.decode(errors="replace"), text[text.rindex(b")") + 2:].split()


def describe(pid: int) -> Optional[Dict[str, Any]]:
    try:
        name, fields = stat(pid)
        if fields[0] in (b"Z", b"X"):
            return None
        words = read("/proc/{}/cmdline".format(pid)).replace(b"\0", b" ").strip()
        return {"pid": pid, "ppid": int(fields[1]), "name": name,
                "command": words.decode(errors="replace")[:200]}
    except (OSError, ValueError):
        return None


def switches(pid: int) -> Tuple[int, int]:
    voluntary = involuntary = 0
    folder = "/proc/{}/task".format(pid)
    for thread in os.listdir(folder):
        try:
            for line in read("{}/{}/status".format(folder, thread)).splitlines():
                if line.startswith(b"voluntary_ctxt_switches:"):
                    voluntary += int(line.split()[1])
                elif line.startswith(b"nonvoluntary_ctxt_switches:"):
                    involuntary += int(line.split()[1])
        except OSError:
            continue
    return voluntary, involuntary


def cpu(pid: int) -> int:
    """User and system time in nanoseconds: the clock that clock_getcpuclockid(3) names."""
    return int(1e9 * time.clock_gettime(~pid << 3 | 2))


def sample(root: int) -> Dict[str, Any]:
    total = {"cpu": 0, "voluntary": 0, "involuntary": 0, "rss": 0, "descriptors": 0,
             "threads": 0}
    procs = []
    for pid in sorted(processes(), key=lambda p: (p != root, p)):
        try:
            _, fields = stat(pid)
            used = cpu(pid) + int(1e9 * TICK * (int(fields[13]) + int(fields[14])))
            rss = PAGE * int(read("/proc/{}/statm".format(pid)).split()[1])
            descriptors = len(os.listdir("/proc/{}/fd".format(pid)))
            voluntary, involuntary = switches(pid)
        except (OSError, ValueError, IndexError):
            continue
        total["cpu"] += used
        total["rss"] += rss
        total["descriptors"] += descriptors
        total["threads"] += int(fields[17])
        total["voluntary"] += voluntary
        total["involuntary"] += involuntary
        about = describe(pid)
        if about is not None:
            procs.append(about)
    return dict(total, procs=procs)


def listeners() -> List[str]:
    """"HEXADDRESS:HEXPORT", as /proc writes it, of the sockets that our processes listen on."""
    ours = set()
    for pid in processes():
        folder = "/proc/{}/fd".format(pid)
        try:
            for name in os.listdir(folder):
                try:
                    ours.add(os.readlink(folder + "/" + name))
                except OSError:
                    continue
        except OSError:
            continue
    found = []
    for table in ("tcp", "tcp6"):
        try:
            lines = read("/proc/self/net/" + table).decode().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and "socket:[{}]".format(fields[9]) in ours:
                found.append(fields[1])
    return found


class Launcher:
    def __init__(self) -> None:
        self.blender = 0
        self.held = []  # type: List[socket.socket]
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
