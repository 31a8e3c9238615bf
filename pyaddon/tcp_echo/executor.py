"""Run a client's code on the main thread and say what came of it."""
import ast
import functools
import io
import json
import linecache
import sys
import tokenize
import traceback
from types import CodeType
from typing import Any, Callable, Dict, Optional, Tuple

FILE = "<exec>"  # what tracebacks call the client's code
PLAIN = (type(None), bool, int, str)  # as JSON without a trial
CACHED = 10000  # characters; longer code is compiled each time


class Executor:
    """Runs code in fresh globals, made by namespace() for each run.

    Call run() on the main thread only. Nothing that the code raises, SystemExit and
    KeyboardInterrupt included, gets out.
    """

    def __init__(self, namespace: Callable[[], Dict[str, Any]]) -> None:
        self.namespace = namespace

    def run(self, code: str) -> Dict[str, Any]:
        """The reply: {"ok", "result", "output"}, or {"ok", "error", "output"}.

        The result is the value of a last line that is an expression, as JSON where it can be,
        otherwise its repr(); null when there is none. The output is what the code printed.
        """
        output = io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogatepass", "\n", write_through=True)
        stdout, stderr = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = output
        result: Any = None
        try:
            statements, expression = _compile(code) if len(code) <= CACHED else _compiled(code)
            names = self.namespace()
            if statements is not None:
                exec(statements, names)
            if expression is not None:
                result = eval(expression, names)
            reply = {"ok": True, "result": _presentable(result)}
        except BaseException as error:
            reply = {"ok": False, "error": describe(error, code)}
        finally:
            sys.stdout, sys.stderr = stdout, stderr
        reply["output"] = _printed(output)
        return reply


def _compiled(code: str) -> Tuple[Optional[CodeType], Optional[CodeType]]:
    tree: Any = compile(code, FILE, "exec", ast.PyCF_ONLY_AST, True)
    expression = None
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
        expression = compile(ast.Expression(last.value), FILE, "eval", 0, True)
    return (compile(tree, FILE, "exec", 0, True) if tree.body else None), expression


_compile = functools.lru_cache(maxsize=128)(_compiled)


def _presentable(value: Any) -> Any:
    """The value when JSON can carry it, otherwise its repr()."""
    if type(value) in PLAIN:
        return value
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except Exception:
        return repr(value)


def _printed(output: io.TextIOWrapper) -> str:
    try:
        return output.buffer.getvalue().decode("utf-8", "replace")  # type: ignore[attr-defined]
    except ValueError:  # the code closed it
        return ""


def describe(error: BaseException, code: str = "") -> Dict[str, str]:
    """{"type", "message", "traceback"} of an exception that the client's code raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    lines = code.splitlines(True)
    linecache.cache[FILE] = (len(code), None, lines, FILE)  # so that its lines are shown
    try:
        text = "".join(traceback.format_exception(type(error), error, trace))
    except Exception as second:
        text = "%s (no traceback: %r)\n" % (type(error).__name__, second)
    finally:
        linecache.cache.pop(FILE, None)
    try:
        message = str(error)
    except Exception:
        message = ""
    return {"type": type(error).__name__, "message": message, "traceback": text}


def asks_to_quit(code: str) -> bool:
    """True when the code names quit_blender; not for the word in a string or a comment."""
    if "quit_blender" not in code:
        return False
    try:
        return any(token.type == tokenize.NAME and token.string == "quit_blender"
                   for token in tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return True  # it cannot be told apart
