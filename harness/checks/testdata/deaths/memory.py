"""Keep all that is ever asked for."""

from plain_echo.service import Service, main

kept = []


class Keeping(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, self.keep)

    def keep(self) -> None:
        while True:
            kept.append(bytes(range(256)) * (64 << 10))


main(Keeping)
