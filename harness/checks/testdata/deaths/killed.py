"""Be sent SIGKILL."""

import os
import signal

from plain_echo.service import Service, main


class Killed(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, os.kill, os.getpid(), signal.SIGKILL)


main(Killed)
