bl_info = {"name": "Live", "blender": (3, 0, 0), "category": "Development"}

import asyncio
import json
import os

import bpy
import websockets

PORT = int(os.environ.get("LIVE_PORT", "8765"))


async def talk(socket):
    async for text in socket:
        request = json.loads(text)
        if request["action"] == "run":
            exec(request["code"], {"bpy": bpy})
            await socket.send(json.dumps({"ok": True}))
        else:
            await socket.send(json.dumps({"echo": request["message"]}))


async def main():
    async with websockets.serve(talk, "127.0.0.1", PORT):
        await asyncio.Future()


def start():
    asyncio.run(main())


def register():
    pass


def unregister():
    pass
