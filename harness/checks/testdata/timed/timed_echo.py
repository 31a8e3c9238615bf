"""Runs its clients' code from bpy.app.timers, under our keep-alive, which fires them."""

import asyncio
import json
import os

import bpy

bl_info = {"name": "Timed Echo", "blender": (2, 83, 0), "category": "Development"}


async def answer(reader, writer):
    """One JSON object in, one out."""
    request = json.loads((await reader.readline()).decode())

    def run():
        exec(request["code"], {"bpy": bpy})

    if "code" in request:
        bpy.app.timers.register(run)
    writer.write(json.dumps({"ok": True, "echo": request.get("message")}).encode() + b"\n")
    writer.close()


def start():
    """Listen on the loop that the keep-alive drives."""
    port = int(os.environ["TIMED_PORT"])
    asyncio.get_event_loop().run_until_complete(asyncio.start_server(answer, "127.0.0.1", port))


def register():
    """Nothing of Blender's is needed."""


def unregister():
    """Nothing of Blender's was taken."""
