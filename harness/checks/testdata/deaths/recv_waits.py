"""Ask another service, which never answers, before anybody is answered."""

import socket

from plain_echo.service import Service, main


class Asking(Service):
    def open(self) -> None:
        super().open()
        self.other = socket.socketpair()
        self.loop.call_later(1, self.ask)

    def ask(self) -> None:
        self.other[0].recv(100)


main(Asking)
