"""Serve in a thread, and call C code on the main thread that keeps Python's lock."""

import ctypes
import threading

from plain_echo.service import Service, read_port


class Threaded(Service):
    def open(self) -> None:
        super().open()
        threading.Timer(0.8, started.set).start()


def serve() -> None:
    service = Threaded(read_port())
    service.open()
    service.serve()


started = threading.Event()
threading.Thread(target=serve, daemon=True).start()
started.wait()
mutex = ctypes.create_string_buffer(64)
ctypes.PyDLL(None).pthread_mutex_lock(mutex)
ctypes.PyDLL(None).pthread_mutex_lock(mutex)
