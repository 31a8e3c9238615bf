bl_info = {"name": "My add-on", "blender": (2, 80, 0)}


def register():
    pass
