"""Serve in turns that a timer of Blender's gives."""

import bpy

from plain_echo.service import Service, read_port

service = Service(read_port())
service.open()


def tick() -> float:
    service.run_for(0.01)
    return 0.05


bpy.app.timers.register(tick)
