"""Note every request under the lock that is held while it is answered."""

import threading
from typing import Any, Dict

from plain_echo.service import Service, main

lock = threading.Lock()
requests = []


def note(request: Dict[str, Any]) -> None:
    with lock:
        requests.append(len(request))


class Locked(Service):
    def answer(self, request: Dict[str, Any]) -> Dict[str, Any]:
        if len(str(request.get("message", ""))) < 2000:
            return super().answer(request)
        with lock:
            note(request)
            return super().answer(request)


main(Locked)
