"""Tell from syntax trees whether anything installs a handler for SIGTERM. Needs no bpy."""
import ast
import os

from typing import Any, Iterator, List, Optional, Tuple

SIGTERM = 15
WAITERS = {"sigwait", "sigwaitinfo", "sigtimedwait"}
KEEPERS = {"run_forever", "run_until_complete", "serve_forever"}


def name_of(node):  # type: (Optional[ast.AST]) -> str
    """The last name of what is called or read."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def mentions(tree):  # type: (ast.AST) -> bool
    """SIGTERM by its name, as text, by its number, or as one of all signals."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)):
            if name_of(node) in ("SIGTERM", "Signals", "valid_signals"):
                return True
        for field in ("value", "s", "n"):  # Constant; to Python 3.7 Str and Num
            constant = getattr(node, field) if field in node._fields else None
            if constant == "SIGTERM" or type(constant) is int and constant == SIGTERM:
                return True
    return False


def registers(call):  # type: (ast.Call) -> Optional[ast.AST]
    """What says the signal, where the call installs a handler; else None."""
    name, given = name_of(call), list(call.args)
    given += [keyword.value for keyword in call.keywords]
    if name in WAITERS and given:
        return given[0]
    if name not in ("signal", "add_signal_handler") or len(given) < 2:
        return None
    if name_of(given[1]) in ("SIG_IGN", "SIG_DFL"):
        return None
    return given[0]


def handled(trees):  # type: (List[Tuple[str, ast.AST]]) -> bool
    """One of the files installs a handler, or has bgcheck's keepalive do it."""
    named = any(mentions(tree) for _, tree in trees)
    read = {os.path.basename(path) for path, _ in trees}
    for _, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                which = registers(node)
                if which is None:
                    continue
                if mentions(which) or named and not name_of(which).startswith("SIG"):
                    return True
            elif "keepalive" in imported(node) and "keepalive.py" not in read:
                return True
    return False


def imported(node):  # type: (ast.AST) -> List[str]
    """The modules that an import names, each by all parts of its name."""
    names = []  # type: List[str]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            names += alias.name.split(".")
    if isinstance(node, ast.ImportFrom) and node.module:
        names += node.module.split(".")
    return names


def beside(path, tree):  # type: (str, ast.AST) -> Iterator[str]
    """The files and folders beside a script that it imports."""
    folder = os.path.dirname(path)
    for node in ast.walk(tree):
        for name in imported(node):
            for found in (os.path.join(folder, name + ".py"), os.path.join(folder, name)):
                if os.path.isfile(found) or os.path.isfile(os.path.join(found, "__init__.py")):
                    yield found


def keeps(tree):  # type: (Any) -> Any
    """Where a script keeps Blender alive: a loop, or its last statement. Handlers go before it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.While) or isinstance(node, ast.Call) and name_of(node) in KEEPERS:
            return node
    return tree.body[-1] if tree.body else tree
