"""Look up what is not there."""

from plain_echo.service import main


def settings() -> str:
    return {}["port"]


settings()
main()
