"""Run commands by XML-RPC, served as soon as the module is imported."""
import threading
from xmlrpc.server import SimpleXMLRPCServer

bl_info = {"name": "Remote commands", "blender": (2, 93, 0)}

PORT = 8000


def command(text):
    exec(text)
    return text


server = SimpleXMLRPCServer(("127.0.0.1", PORT))
server.register_introspection_functions()
server.register_function(command, "command")
threading.Thread(target=server.serve_forever, daemon=True).start()


def register():
    pass
