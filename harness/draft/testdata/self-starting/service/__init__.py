"""Queue what threads receive; the launch script calls step()."""
import os
import queue
import socket
import threading

bl_info = {"name": "Self-starting", "blender": (3, 0, 0)}

work = queue.Queue()


class Settings:
    DEFAULT_HOST = "127.0.0.1"


def url():
    return f"tcp://{Settings.DEFAULT_HOST}:{os.environ.get('SERVICE_PORT', '7777')}"


def start_server():
    server = socket.create_server(("127.0.0.1", int(os.environ.get("SERVICE_PORT", "7777"))))
    threading.Thread(target=server.accept, daemon=True).start()


def step():
    while not work.empty():
        exec(work.get(), {})


def stop_server():
    pass


def register():
    start_server()


def unregister():
    stop_server()
