"""Walk a tree that has no end, before anything is served."""

from plain_echo.service import main


def walk(depth: int) -> int:
    return walk(depth + 1)


walk(0)
main()
