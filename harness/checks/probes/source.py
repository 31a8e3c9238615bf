"""Read Python source by its syntax tree, and list what is wrong in background mode.

    blender --background --python source.py -- OUT PATH... [--also PATH...]

Each PATH is a folder, a .py file or a zip; what stands behind --also may install signal handlers
and is not searched for anything else. OUT receives a JSON list of
{"rule": .., "file": .., "line": .., "text": .., "note": ..}, or of {"error": ..} for a file that
is no Python of this version. Needs no bpy.
"""
import ast
import json
import os
import re
import sys
import zipfile

from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import sigterm  # noqa: E402

LONGEST_SLEEP = 0.1
STATUS = re.compile(r"(^|_)(is_)?(running|up|active|started|status)$")
WAITS = {"sleep", "wait", "wait_for", "select", "get", "join", "poll", "acquire", "recv", "accept",
         "call_later", "call_at", "run_for", "run_until_complete", "handle_request", "step"}
CONTEXT = {"scene", "object", "active_object", "collection", "view_layer"}
NOTES = {
    "new-loop": "a thread makes an event loop of its own beside Blender's main thread",
    "run-forever-in-thread":
        "a thread runs the event loop, and with it all code that its callbacks execute",
    "exit-on-status":
        "the keep-alive loop ends, and Blender with it, when a status changes",
    "long-sleep": "the keep-alive loop sleeps too long a turn, and requests wait for it",
    "no-sleep": "the keep-alive loop turns without waiting and takes a whole core",
    "timer-exec":
        "code is run by bpy.app.timers, which never fire in background mode",
    "context":
        "bpy.context is what is active just now, which nobody chooses in background mode; "
        "bpy.data names what is meant",
    "no-sigterm-handler":
        "nothing installs a handler for SIGTERM before this: it ends Blender at once, without "
        "unregister, and as process 1 of a container Blender ignores it",
}
UI = {"Operator", "Panel", "Menu", "Header", "UIList", "AddonPreferences", "PropertyGroup", "Gizmo",
      "GizmoGroup", "Node", "NodeTree", "RenderEngine", "Macro", "FileHandler"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def dotted(node):  # type: (Optional[ast.AST]) -> str
    """bpy.app.timers.register, or the part of it that is names."""
    parts = []  # type: List[str]
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def last(node):  # type: (Optional[ast.AST]) -> str
    """The last name of what is called or read."""
    if isinstance(node, ast.Call):
        node = node.func
    return dotted(node).rpartition(".")[2]


def calls(node):  # type: (ast.AST) -> Iterator[ast.Call]
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield inner


class File:
    """One source file and what is found in it."""

    def __init__(self, name, text):  # type: (str, str) -> None
        self.name = name
        self.lines = text.splitlines()
        self.tree = ast.parse(text, name)
        self.found = []  # type: List[Dict[str, Any]]
        self.functions = {}  # type: Dict[str, ast.AST]
        for node in ast.walk(self.tree):
            if isinstance(node, FUNCTIONS):
                self.functions[node.name] = node
        self.threaded = self.in_threads()

    def note(self, rule, node):  # type: (str, Any) -> None
        line = getattr(node, "lineno", 1)
        text = self.lines[line - 1].strip() if line <= len(self.lines) else ""
        self.found.append({"rule": rule, "file": self.name, "line": line, "text": text,
                           "note": NOTES[rule]})

    def targets(self):  # type: () -> Iterator[Tuple[ast.Call, ast.AST]]
        """What is given to a thread, with the call that gives it."""
        for call in calls(self.tree):
            name = last(call)
            if name in ("Thread", "Timer"):
                for keyword in call.keywords:
                    if keyword.arg in ("target", "function"):
                        yield call, keyword.value
            elif name in ("submit", "start_new_thread", "to_thread") and call.args:
                yield call, call.args[0]
            elif name == "run_in_executor" and len(call.args) > 1:
                yield call, call.args[1]

    def in_threads(self):  # type: () -> Set[ast.AST]
        """The functions of this file that a thread runs, also by way of others."""
        todo = [last(target) for _, target in self.targets()]
        seen = set()  # type: Set[ast.AST]
        while todo:
            function = self.functions.get(todo.pop())
            if function is not None and function not in seen:
                seen.add(function)
                todo += [last(call) for call in calls(function)]
        return seen

    def threaded_nodes(self):  # type: () -> Set[ast.AST]
        return {inner for function in self.threaded for inner in ast.walk(function)}

    def check(self):  # type: () -> List[Dict[str, Any]]
        self.check_threads()
        threaded = self.threaded_nodes()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.While) and node not in threaded:
                self.check_loop(node)
        self.check_timers()
        self.check_context()
        return self.found

    def check_threads(self):  # type: () -> None
        for call, target in self.targets():
            if last(target) == "run_forever":
                self.note("run-forever-in-thread", call)
        for function in self.threaded:
            for call in calls(function):
                if last(call) == "run_forever":
                    self.note("run-forever-in-thread", call)
                elif last(call) == "new_event_loop" or dotted(call.func) == "asyncio.run":
                    self.note("new-loop", call)

    def check_loop(self, loop):  # type: (ast.While) -> None
        inside = [call for part in loop.body for call in calls(part)]
        names = {last(call) for call in inside}
        for call in inside:
            if names == {"sleep"}:
                break  # others do the work, in threads
            if dotted(call.func) in ("time.sleep", "sleep") and call.args:
                seconds = getattr(call.args[0], "value", getattr(call.args[0], "n", None))
                if isinstance(seconds, (int, float)) and seconds > LONGEST_SLEEP:
                    self.note("long-sleep", call)
        stops = any(isinstance(n, ast.Attribute) and n.attr == "stop" for n in ast.walk(loop))
        kicks = "kick_async_loop" in names or ("run_forever" in names and stops)
        test_waits = any(last(call) in WAITS for call in calls(loop.test))
        only_passes = all(isinstance(part, (ast.Pass, ast.Continue)) for part in loop.body)
        if not test_waits and (only_passes or kicks and not names & WAITS):
            self.note("no-sleep", loop)
        asks = isinstance(loop.test, ast.Call) and self.is_status(loop.test)
        if asks and (kicks or names & WAITS):
            self.note("exit-on-status", loop)
        for part in loop.body:
            for node in ast.walk(part):
                if isinstance(node, ast.If) and self.negated_status(node.test) and leaves(node):
                    self.note("exit-on-status", node)

    def is_status(self, test):  # type: (ast.AST) -> bool
        """service.is_running() or service.running; a name alone is a flag of the loop's own."""
        node = test.func if isinstance(test, ast.Call) else test
        return isinstance(node, ast.Attribute) and bool(STATUS.search(node.attr))

    def negated_status(self, test):  # type: (ast.AST) -> bool
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.is_status(test.operand)
        if isinstance(test, ast.Compare) and len(test.comparators) == 1:
            other = getattr(test.comparators[0], "value", None)
            return other in (False, "stopped") and self.is_status(test.left)
        return False

    def check_timers(self):  # type: () -> None
        """exec in what bpy.app.timers is given, unless the code asks for background mode."""
        asks = self.asks_for_background(self.tree)
        for scope in [self.tree] + list(self.functions.values()):  # type: ignore
            if scope is not self.tree and self.asks_for_background(scope):
                continue
            for call in own_calls(scope):
                if dotted(call.func).endswith("timers.register") and call.args:
                    if self.runs_code(call.args[0], through=not asks):
                        self.note("timer-exec", call)

    def asks_for_background(self, scope):  # type: (ast.AST) -> bool
        names = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(scope)}
        return any("background" in name for name in names)

    def runs_code(self, target, through):  # type: (ast.AST, bool) -> bool
        """True for what calls exec, with through also by way of other functions of the file: where
        the file never asks for background mode, no caller can have chosen another way."""
        first = target if isinstance(target, ast.Lambda) else self.functions.get(last(target))
        todo, seen = [first], set()  # type: Tuple[List[Optional[ast.AST]], Set[ast.AST]]
        while todo:
            body = todo.pop()
            if body is None or body in seen:
                continue
            seen.add(body)
            if any(dotted(c.func) in ("exec", "eval") for c in calls(body)):
                return True
            if through:
                todo += [self.functions.get(last(c)) for c in calls(body)]
        return False

    def check_context(self):  # type: () -> None
        in_ui = set()  # type: Set[ast.AST]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and any(last(base) in UI for base in node.bases):
                in_ui.update(ast.walk(node))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and node.attr in CONTEXT and node not in in_ui:
                if dotted(node.value) == "bpy.context":
                    self.note("context", node)


def leaves(node):  # type: (ast.If) -> bool
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Break, ast.Return)):
            return True
        if isinstance(inner, ast.Call) and dotted(inner.func) in ("sys.exit", "exit", "os._exit"):
            return True
    return False


def own_calls(scope):  # type: (ast.AST) -> Iterator[ast.Call]
    """Calls of a scope without those of functions defined in it."""
    todo = list(ast.iter_child_nodes(scope))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, FUNCTIONS):
            todo += list(ast.iter_child_nodes(node))


def sources(path):  # type: (str) -> Iterator[Tuple[str, bytes]]
    if os.path.isdir(path):
        base = os.path.dirname(path.rstrip("/\\"))
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
            for name in sorted(names):
                if name.endswith(".py"):
                    whole = os.path.join(folder, name)
                    with open(whole, "rb") as source:
                        yield os.path.relpath(whole, base).replace(os.sep, "/"), source.read()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".py"):
                    yield name, archive.read(name)
    else:
        with open(path, "rb") as source:
            yield os.path.basename(path), source.read()


def check_handlers(searched, also):  # type: (List[Tuple[str, File]], List[str]) -> None
    """Note the launch script, which comes last, when nothing installs a handler for SIGTERM."""
    trees = [(whole.name, whole.tree) for _, whole in searched]  # type: List[Tuple[str, ast.AST]]
    todo, seen = list(also), set()  # type: List[str], Set[str]
    for path, whole in searched:
        if path.endswith(".py"):
            todo += sigterm.beside(path, whole.tree)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for name, text in sources(path):
            try:
                trees.append((name, ast.parse(text.decode("utf-8-sig"), name)))
            except (SyntaxError, ValueError):
                continue
            if path.endswith(".py"):
                todo += sigterm.beside(path, trees[-1][1])
    if searched and not sigterm.handled(trees):
        last_path = searched[-1][0]
        script = next(whole for path, whole in searched if path == last_path)
        script.note("no-sigterm-handler", sigterm.keeps(script.tree))


def main(out, paths, also):  # type: (str, List[str], List[str]) -> None
    found = []
    searched = []  # type: List[Tuple[str, File]]
    for path in paths:
        for name, text in sources(path):
            try:
                searched.append((path, File(name, text.decode("utf-8-sig"))))
            except (SyntaxError, ValueError) as error:
                found.append({"error": "%s: %s" % (name, error)})
    for _, whole in searched:
        whole.check()
    check_handlers(searched, also)
    for _, whole in searched:
        found += whole.found
    with open(out + ".part", "w", encoding="utf-8") as result:
        json.dump(found, result)
    os.replace(out + ".part", out)


if __name__ == "__main__":
    _arguments = sys.argv[sys.argv.index("--") + 1:]
    _end = _arguments.index("--also") if "--also" in _arguments else len(_arguments)
    main(_arguments[0], _arguments[1:_end], _arguments[_end + 1:])
