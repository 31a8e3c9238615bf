"""Read where nothing is, on the main thread."""

import ctypes

from plain_echo.service import Service, main


class Reading(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, self.look)

    def look(self) -> None:
        ctypes.string_at(0)


main(Reading)
