bl_info = {"name": "My add-on", "blender": (2, 83, 0), "category": "Development"}


def serve():
    pass


def register():
    pass


def unregister():
    pass
