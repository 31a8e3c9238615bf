"""End in good order, and with a code of its own."""

import atexit
import os

from plain_echo.service import main


def last() -> None:
    os._exit(5)


atexit.register(last)
main()
