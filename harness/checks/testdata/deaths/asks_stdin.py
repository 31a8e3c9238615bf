"""Serve in a thread, and stay alive until Enter is pressed."""

import threading

from plain_echo.service import Service, read_port


def serve() -> None:
    service = Service(read_port())
    service.open()
    service.serve()


threading.Thread(target=serve, daemon=True).start()
input("press Enter to end the server")
