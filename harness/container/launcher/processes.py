"""What /proc and the control group say of the processes of the container."""

import os
import time
from typing import Any, Dict, List, Optional, Tuple

OOM_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
TICK = 1.0 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


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
