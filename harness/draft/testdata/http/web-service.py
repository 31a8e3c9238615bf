import os
from http.server import BaseHTTPRequestHandler, HTTPServer
import json

bl_info = {"name": "Web service", "blender": (3, 0, 0)}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/status":
            self.send_response(200)

    def do_POST(self):
        body = json.loads(self.rfile.read())
        if self.path.startswith("/run"):
            exec(body["script"])
        elif self.path == "/shutdown":
            raise SystemExit


def serve(port=None):
    token = os.getenv("WEB_TOKEN")
    HTTPServer(("127.0.0.1", int(os.environ["WEB_PORT"])), Handler).serve_forever()


def register():
    pass
