"""Read where nothing is, in a thread."""

import ctypes
import threading

from plain_echo.service import Service, main


class Reading(Service):
    def open(self) -> None:
        super().open()
        threading.Timer(1, self.look).start()

    def look(self) -> None:
        ctypes.string_at(0)


main(Reading)
