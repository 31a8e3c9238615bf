import asyncio


def kick_async_loop(*args) -> bool:
    loop = asyncio.get_event_loop()
    loop.stop()
    loop.run_forever()
    return not asyncio.all_tasks(loop)


def register():
    pass
