"""Walk a tree that has no end, with a limit that the stack of the process cannot hold."""

import sys

from plain_echo.service import Service, main


class Node:
    def __getattr__(self, name: str) -> object:
        return getattr(self, name + "x"[:0])


class Walking(Service):
    def open(self) -> None:
        super().open()
        self.loop.call_later(1, self.walk)

    def walk(self) -> None:
        sys.setrecursionlimit(10 ** 8)
        print(Node().child)


main(Walking)
