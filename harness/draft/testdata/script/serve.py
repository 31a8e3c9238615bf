import json
import os
import socket

with socket.create_server(("127.0.0.1", int(os.environ["MY_PORT"]))) as server:
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("rw") as file:
            request = json.loads(file.readline())
            file.write(json.dumps({"echo": request["text"]}) + "\n")
