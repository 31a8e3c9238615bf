"""Sockets of the launcher's own: a port that is held, a dead socket's file, the relay.

The relay lets the harness reach what has no port: Unix sockets, and Blender's own standard input
and output.
"""

import errno
import os
import socket
import struct
import threading
from typing import List

from processes import read

# Pipes for Blender's standard input and output when these are a wire: each to read, to write.
WIRE = []  # type: List[int]


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
