import json
import socket
import struct

import bpy

bl_info = {"name": "Framed", "blender": (3, 0, 0)}


def receive(sock):
    (length,) = struct.unpack("!I", sock.recv(4))
    return json.loads(sock.recv(length))


def run(program):
    exec(program, {"bpy": bpy})


def handle(sock):
    request = receive(sock)
    if request["op"] == "echo":
        return request["what"]
    if request["op"] == "run":
        return run(request["program"])


def serve(port):
    server = socket.socket()
    server.bind(("127.0.0.1", port))


def register():
    pass
