"""Leave at once, without any clean-up, when nobody has asked."""

import os

from plain_echo.service import Service, main


class Leaving(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, self.leave)

    def leave(self) -> None:
        os._exit(0)


main(Leaving)
