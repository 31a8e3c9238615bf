def serve():
    pass


def register():
    pass


def unregister():
    pass
