"""Tools by JSON-RPC over HTTP."""
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

bl_info = {"name": "Tools", "blender": (4, 2, 0)}

PORT = 8765


def handle(message):
    request = json.loads(message)
    if request["method"] == "initialize":
        result = {}
    elif request["method"] == "tools/call" and request["params"]["name"] == "execute_code":
        exec(request["params"]["arguments"]["code"], {})
        result = {}
    return json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result})


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.wfile.write(handle(self.rfile.read(10)))


def start_server():
    HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()


def register():
    pass
