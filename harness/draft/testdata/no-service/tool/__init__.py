bl_info = {"name": "A tool", "blender": (2, 80, 0)}


def register():
    pass


def unregister():
    pass
