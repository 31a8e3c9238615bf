import json
import socket

import bpy

bl_info = {"name": "Typed commands", "blender": (3, 6, 0)}


class CommandServer:
    def __init__(self, host="0.0.0.0", port=9876):
        self.socket = socket.socket()
        self.socket.bind((host, port))

    def start(self):
        pass

    def dispatch(self, text):
        command = json.loads(text)
        params = command.get("params", {})
        handlers = {
            "ping": self.ping,
            "execute_code": self.execute_code,
        }
        return handlers[command.get("type")](**params)

    def ping(self):
        return "pong"

    def execute_code(self, code):
        exec(code, {"bpy": bpy})


def register():
    pass
