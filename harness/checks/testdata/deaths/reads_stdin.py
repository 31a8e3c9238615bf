"""Serve in a thread, and read commands to stay alive."""

import sys
import threading

from plain_echo.service import Service, read_port


def serve() -> None:
    service = Service(read_port())
    service.open()
    service.serve()


threading.Thread(target=serve, daemon=True).start()
for line in sys.stdin:
    if line.strip() == "quit":
        break
