"""From a request's bytes to its reply's bytes."""
import json
from typing import Any, Callable, Dict, Optional

from .executor import asks_to_quit

Reply = Dict[str, Any]
# Runs code and hands its reply over, at once or later.
Execute = Callable[[str, Callable[[Reply], None]], None]


def _no_constant(name: str) -> Any:
    raise ValueError("%s is not JSON" % name)


_decode = json.JSONDecoder(parse_constant=_no_constant).decode
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_encode_ascii = json.JSONEncoder(allow_nan=False).encode


def refusal(kind: str, message: str) -> Reply:
    """The reply to a request that was not carried out."""
    return {"ok": False, "error": {"type": kind, "message": message}}


def parse(payload: bytes) -> Dict[str, Any]:
    """The request as an object; ValueError or RecursionError says what is wrong with it."""
    request = _decode(payload.decode("utf-8"))
    if type(request) is not dict:
        raise ValueError("a request is a JSON object, not %s" % type(request).__name__)
    return request


def encode(reply: Reply) -> bytes:
    """The reply as a line of JSON."""
    try:
        text = _encode(reply)
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair: escaped
        return _encode_ascii(reply).encode("ascii") + b"\n"
    except (ValueError, RecursionError) as error:
        return encode(refusal(type(error).__name__, "the reply cannot be sent: %s" % error))


class Dispatcher:
    """Carries requests out: {"message": ...} is echoed, {"code": ...} is run."""

    def __init__(self, execute: Execute, token: Optional[bytes] = None) -> None:
        self.execute = execute
        self.token = token

    def dispatch(self, request: Dict[str, Any], answer: Callable[[Reply, bool], None]) -> None:
        """Call answer(reply, quit) once, now or later; quit when the client asked for the end."""
        if self.token is not None and not self._knows_token(request):
            refused = refusal("Unauthorized", 'the request lacks the right "token"')
            answer(_with_id(refused, request), False)
            return
        code = request.get("code")
        if code is None:
            if "message" in request:
                answer(_with_id({"ok": True, "message": request["message"]}, request), False)
            else:
                refused = refusal("BadRequest", 'the request has neither "message" nor "code"')
                answer(_with_id(refused, request), False)
        elif type(code) is not str:
            answer(_with_id(refusal("BadRequest", '"code" is not a string'), request), False)
        elif asks_to_quit(code):
            ending = {"ok": True, "result": None, "output": "", "quit": True}
            answer(_with_id(ending, request), True)
        else:
            self.execute(code, lambda reply: answer(_with_id(reply, request), False))

    def _knows_token(self, request: Dict[str, Any]) -> bool:
        import hmac  # only here: it takes some milliseconds of every start

        given = request.get("token")
        return isinstance(given, str) and hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self.token or b"")


def _with_id(reply: Reply, request: Dict[str, Any]) -> Reply:
    if "id" in request:
        reply["id"] = request["id"]
    return reply
