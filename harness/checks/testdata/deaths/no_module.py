"""Need what Blender's Python has not."""

import zmq_of_the_author  # type: ignore[import]  # noqa: F401

from plain_echo.service import main

main()
