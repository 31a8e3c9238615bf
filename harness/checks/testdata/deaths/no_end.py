"""Look for a free number, where none is."""

from plain_echo.service import Service, main


class Looking(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, self.look)

    def look(self) -> None:
        number = 0
        while True:
            number = self.next(number)

    def next(self, number: int) -> int:
        return (number + 1) % 10


main(Looking)
