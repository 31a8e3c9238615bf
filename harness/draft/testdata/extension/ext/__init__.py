import asyncio


async def handle(reader, writer):
    writer.write(await reader.read(100))


def start_server():
    asyncio.ensure_future(asyncio.start_server(handle, "127.0.0.1", 7000))


def register():
    pass
