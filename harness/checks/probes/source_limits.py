"""How long a source waits before it does something by itself: its timeouts. Needs no bpy."""
import ast
import re

from typing import Any, Iterator, Optional, Tuple

from pysource import File, dotted, last, names_in, text_of

NAMES = re.compile(r"time_?out|idle|expir|lifetime|ttl|inactiv|keep_?alive|watchdog|max_age|grace|"
                   r"patience|linger|quiet|silence|stale", re.IGNORECASE)
MINUTES = re.compile(r"minute|_mins?$", re.IGNORECASE)
MILLISECONDS = re.compile(r"milli|_ms$", re.IGNORECASE)
CLOCKS = {"time", "monotonic", "perf_counter"}
AFTER = {"call_later": 0, "settimeout": 0, "Timer": 0, "wait_for": 1, "alarm": 0}


def number(node):  # type: (Optional[ast.AST]) -> Optional[float]
    """A constant, or a product of some."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        one, other = number(node.left), number(node.right)
        return one * other if one is not None and other is not None else None
    value = getattr(node, "value", getattr(node, "n", None)) if node is not None else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(node, ast.Call) and last(node) in ("int", "float") and node.args:
        return number(node.args[0])
    if isinstance(node, ast.Call) and len(node.args) == 2 and "environ" in dotted(node.func):
        return number_of(text_of(node.args[1])) or number(node.args[1])
    return number_of(text_of(node))


def number_of(text):  # type: (Optional[str]) -> Optional[float]
    try:
        return float(text) if text else None
    except ValueError:
        return None


def named(node):  # type: (Any) -> Iterator[Tuple[str, Optional[ast.AST]]]
    """The names of a node that are given a value, and the value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield dotted(target).rpartition(".")[2], node.value
    elif isinstance(node, ast.AnnAssign):
        yield dotted(node.target).rpartition(".")[2], node.value
    elif isinstance(node, ast.keyword):
        yield node.arg or "", node.value
    elif isinstance(node, ast.arguments):
        places = node.args[len(node.args) - len(node.defaults):]
        for argument, value in zip(places, node.defaults):
            yield argument.arg, value


def limits(file):  # type: (File) -> Iterator[Tuple[ast.AST, float]]
    """Each timeout that the source names, in seconds."""
    for node in file.nodes:
        for name, value in named(node):
            seconds = number(value) if NAMES.search(name) else None
            if seconds is not None and value is not None:
                yield value, scaled(name, seconds)
        if isinstance(node, ast.Call) and last(node) in AFTER:
            place = AFTER[last(node)]
            seconds = number(node.args[place]) if len(node.args) > place else None
            if seconds is not None:
                yield node, seconds
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            sides = [node.left, node.comparators[0]]
            for one, other in (sides, sides[::-1]):
                clock = isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub) and (
                    names_in(one) & CLOCKS)
                seconds = number(other) if clock else None
                if seconds is not None:
                    yield node, seconds


def scaled(name, value):  # type: (str, float) -> float
    if MINUTES.search(name):
        return value * 60
    return value / 1000 if MILLISECONDS.search(name) else value


def check(file):  # type: (File) -> None
    for node, seconds in limits(file):
        if seconds > 0:
            file.note("limit", node, "%g" % seconds)
