"""Abort, as C code does that has lost its bearings."""

import os

from plain_echo.service import Service, main


class Aborting(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, self.give_up)

    def give_up(self) -> None:
        os.abort()


main(Aborting)
