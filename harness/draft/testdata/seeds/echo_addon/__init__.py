"""Serve echo and exec on a port."""
import asyncio
import json
import os

from . import async_loop

bl_info = {
    "name": "Echo add-on",
    "blender": (2, 93, 0),
    "category": "Development",
}

DEFAULT_PORT = 23333


def process(data):
    if "code" in data:
        if "quit_blender" in data["code"]:
            raise SystemExit(0)
        exec(data["code"], {})
    return {"message": data.get("message")}


class Echo(asyncio.Protocol):
    def data_received(self, data):
        self.transport.write(json.dumps(process(json.loads(data))).encode())


async def start_server_task(host, port):
    await asyncio.get_event_loop().create_server(Echo, host, port)


def start_server_from_script():
    port = int(os.environ.get('ECHO_PORT', DEFAULT_PORT))
    host = os.environ.get("ECHO_HOST", "127.0.0.1")
    asyncio.ensure_future(start_server_task(host, port))


def cleanup_server():
    pass


def register():
    async_loop.register()


def unregister():
    cleanup_server()
