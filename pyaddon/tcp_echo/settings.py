"""What the environment asks for.

    BLENDER_HTTP_ECHO_PORT             0..65535; default 23333; 0: a free one, announced
    BLENDER_HTTP_ECHO_HOST             address to listen on; default 127.0.0.1
    BLENDER_HTTP_ECHO_TOKEN            when set, every request must carry it as "token"
    BLENDER_HTTP_ECHO_MAX_MESSAGE      bytes of one request; default 134217728 (128 MiB)
    BLENDER_HTTP_ECHO_MAX_CONNECTIONS  open at once; default 8192
    BLENDER_HTTP_ECHO_REQUEST_SECONDS  silence allowed inside a half-sent request; default 10
"""
import os
import sys
from typing import Any, Mapping, Optional

PREFIX = "BLENDER_HTTP_ECHO_"


class SettingError(ValueError):
    """A setting that cannot be used; the text names variable, value and remedy."""


class Settings:
    """Checked settings."""

    def __init__(self, environment: Optional[Mapping[str, str]] = None) -> None:
        env = os.environ if environment is None else environment
        self.port = _whole(env, "PORT", 23333, 0, 65535, "0 for a free one")
        self.host = _host(env)
        self.token: Optional[bytes] = _token(env)
        self.max_message = _whole(env, "MAX_MESSAGE", 128 << 20, 64, sys.maxsize, "bytes")
        self.max_connections = _whole(env, "MAX_CONNECTIONS", 8192, 1, 1 << 20, "connections")
        self.request_seconds = _whole(env, "REQUEST_SECONDS", 10, 1, 86400, "seconds")

    def is_loopback(self) -> bool:
        """True when only this machine can reach the host."""
        return self.host == "localhost" or self.host == "::1" or self.host.startswith("127.")


def _error(name: str, value: str, remedy: str) -> SettingError:
    return SettingError("%s%s=%r is not valid: %s" % (PREFIX, name, value, remedy))


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int,
           meaning: str) -> int:
    text = env.get(PREFIX + name)
    if text is None:
        return default
    digits = text.strip()
    if not (digits.isdigit() and digits.isascii() and len(digits) <= 19
            and low <= int(digits) <= high):
        remedy = "set a whole number from %d to %d (%s), or unset it for %d"
        raise _error(name, text, remedy % (low, high, meaning, default))
    return int(digits)


def _host(env: Mapping[str, str]) -> str:
    text = env.get(PREFIX + "HOST")
    if text is None:
        return "127.0.0.1"
    if not text.strip():
        raise _error("HOST", text, "set an address such as 127.0.0.1, or unset it")
    return text.strip()


def _token(env: Mapping[str, str]) -> Optional[bytes]:
    text: Any = env.get(PREFIX + "TOKEN")
    if text is None:
        return None
    if not text:
        raise _error("TOKEN", text, "set some characters, or unset it to ask for no token")
    return text.encode("utf-8", "surrogateescape")
