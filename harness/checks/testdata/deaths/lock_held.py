"""Leave a lock behind when an answer raises."""

import threading
from typing import Any, Dict

from plain_echo.service import Service, main

lock = threading.Lock()


class Locked(Service):
    def execute(self, code: str) -> Dict[str, Any]:
        lock.acquire()
        reply = super().execute(code)
        if reply["ok"]:
            lock.release()
        return reply


main(Locked)
