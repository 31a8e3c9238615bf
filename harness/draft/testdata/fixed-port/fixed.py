import socketserver

import bpy

bl_info = {"name": "Fixed", "blender": (3, 0, 0)}


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        length = int.from_bytes(self.rfile.read(4), "little")
        source = self.rfile.read(length).decode()
        exec(source, {"bpy": bpy})


def serve(number):
    socketserver.TCPServer(("127.0.0.1", number), Handler).serve_forever()


def register():
    pass
