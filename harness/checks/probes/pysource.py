"""Python source as syntax trees: who calls whom, what runs in threads. Needs no bpy."""
import ast
import os
import zipfile

from collections import deque
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
UI = {"Operator", "Panel", "Menu", "Header", "UIList", "AddonPreferences", "PropertyGroup", "Gizmo",
      "GizmoGroup", "Node", "NodeTree", "NodeSocket", "RenderEngine", "Macro", "FileHandler",
      "AssetShelf", "KeyingSetInfo", "WorkSpaceTool", "NodeCategory", "XrSessionSettings"}
SERVERS = {"Protocol", "DatagramProtocol", "BaseProtocol", "BaseRequestHandler", "Thread",
           "StreamRequestHandler", "DatagramRequestHandler", "BaseHTTPRequestHandler",
           "SimpleHTTPRequestHandler", "SimpleXMLRPCRequestHandler", "TCPServer", "HTTPServer"}
# A method of an object that is not known may be that of any class: those are too common to tell.
COMMON = {"get", "put", "append", "join", "start", "stop", "close", "send", "read", "write", "run",
          "update", "add", "remove", "pop", "clear", "copy", "open", "execute", "handle", "wait",
          "register", "unregister", "items", "keys", "values", "format", "split", "load", "save"}


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


def listed(body):  # type: (Any) -> List[ast.AST]
    """The statements of a function; the one expression of a lambda."""
    return body if isinstance(body, list) else [body]


def text_of(node):  # type: (Optional[ast.AST]) -> Optional[str]
    """The text of a string constant; None for all else."""
    value = getattr(node, "value", getattr(node, "s", None)) if node is not None else None
    constant = isinstance(node, getattr(ast, "Constant", ())) or type(node).__name__ == "Str"
    return value if constant and isinstance(value, str) else None


def names_in(node):  # type: (ast.AST) -> Set[str]
    """All names and attributes below a node."""
    return {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(node)}


def is_main(test):  # type: (ast.AST) -> bool
    """__name__ == "__main__"."""
    return "__name__" in names_in(test) and any(text_of(n) == "__main__" for n in ast.walk(test))


class File:
    """One source file and what is found in it. path: the add-on or script that it is of; script: it
    is the launch script."""

    def __init__(self, name, text, path="", script=False):  # type: (str, str, str, bool) -> None
        self.name, self.path, self.script = name, path, script
        self.lines = text.splitlines()
        self.tree = ast.parse(text, name)
        self.found = []  # type: List[Dict[str, Any]]
        self.nodes = []  # type: List[ast.AST]
        self.calls = []  # type: List[ast.Call]
        self.parent = {}  # type: Dict[ast.AST, ast.AST]
        self.scopes = {self.tree: []}  # type: Dict[ast.AST, List[ast.AST]]
        self.functions = {}  # type: Dict[str, List[ast.AST]]
        self.classes = {}  # type: Dict[str, ast.ClassDef]
        self.imports = {}  # type: Dict[str, Tuple[str, str]]
        self.walk()

    def walk(self):  # type: () -> None
        """Look at each node once, and note what it is of."""
        todo = deque([(self.tree, self.tree)])  # type: Any
        while todo:
            node, scope = todo.popleft()
            self.nodes.append(node)
            if isinstance(node, FUNCTIONS):
                inside = {id(part) for part in listed(node.body)}
                self.scopes[node] = []
            else:
                inside = set()
                self.scopes[scope].append(node)
            if isinstance(node, ast.If) and not self.script and is_main(node.test):
                scope = node  # runs when Python is given the file, not when it is imported
                self.scopes[node] = []
            for child in ast.iter_child_nodes(node):
                self.parent[child] = node
                todo.append((child, node if id(child) in inside else scope))
            self.index(node)

    def index(self, node):  # type: (ast.AST) -> None
        if isinstance(node, ast.Call):
            self.calls.append(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.functions.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.ClassDef):
            self.classes[node.name] = node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.asname or alias.name] = (alias.name, "")
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.imports[alias.asname or alias.name] = (node.module or "", alias.name)

    def own(self, scope):  # type: (ast.AST) -> List[ast.AST]
        """The nodes of a function, or the file, without those of functions defined in it."""
        return self.scopes.get(scope, [])

    def own_calls(self, scope):  # type: (ast.AST) -> List[ast.Call]
        return [node for node in self.own(scope) if isinstance(node, ast.Call)]

    def note(self, rule, node, note):  # type: (str, Any, str) -> None
        line = getattr(node, "lineno", 1)
        text = self.lines[line - 1].strip() if line <= len(self.lines) else ""
        seen = {"rule": rule, "file": self.name, "line": line, "text": text, "note": note}
        if seen not in self.found:
            self.found.append(seen)

    def above(self, node):  # type: (ast.AST) -> Iterator[ast.AST]
        while node in self.parent:
            node = self.parent[node]
            yield node

    def scope(self, node):  # type: (ast.AST) -> ast.AST
        """The function that a node stands in, or the file."""
        return next((n for n in self.above(node) if isinstance(n, FUNCTIONS)), self.tree)

    def class_of(self, node):  # type: (ast.AST) -> Optional[ast.ClassDef]
        return next((n for n in self.above(node) if isinstance(n, ast.ClassDef)), None)

    def is_ui(self, class_):  # type: (Optional[ast.ClassDef]) -> bool
        """A class that Blender's window uses: an operator, a panel, or a part of one."""
        if class_ is None:
            return False
        if any(last(base) in UI for base in class_.bases):
            return True
        for part in class_.body:
            targets = getattr(part, "targets", [getattr(part, "target", None)])
            if any(getattr(t, "id", "").startswith("bl_") for t in targets):
                return True
        return any(base.id in self.classes and base.id != class_.name
                   and self.is_ui(self.classes[base.id])
                   for base in class_.bases if isinstance(base, ast.Name))

    def methods(self, class_):  # type: (ast.ClassDef) -> List[ast.AST]
        return [part for part in class_.body if isinstance(part, FUNCTIONS)]

    def method(self, class_, name):  # type: (Optional[ast.ClassDef], str) -> Optional[ast.AST]
        """The method of a class, or of one that it is derived from in this file."""
        seen = set()  # type: Set[ast.ClassDef]
        todo = [class_]
        while todo:
            one = todo.pop()
            if one is None or one in seen:
                continue
            seen.add(one)
            for found in self.methods(one):
                if getattr(found, "name", "") == name:
                    return found
            todo += [self.classes.get(last(base)) for base in one.bases]
        return None

    def resolve(self, target, at):  # type: (Optional[ast.AST], ast.AST) -> Optional[ast.AST]
        """The function of this file that an expression means, read at a node."""
        if isinstance(target, ast.Lambda):
            return target
        if isinstance(target, ast.Call) and last(target) == "partial" and target.args:
            return self.resolve(target.args[0], at)
        if isinstance(target, ast.Name):
            free = [f for f in self.functions.get(target.id, [])
                    if not isinstance(self.parent[f], ast.ClassDef)]
            scopes = [self.scope(at)] + list(self.above(at))
            near = [f for f in free if self.scope(f) in scopes]
            return (near or free or [None])[-1]
        if not isinstance(target, ast.Attribute):
            return None
        owner = target.value
        if isinstance(owner, ast.Name) and owner.id in ("self", "cls"):
            return self.method(self.class_of(at), target.attr)
        if isinstance(owner, ast.Name) and owner.id in self.classes:
            return self.method(self.classes[owner.id], target.attr)
        if isinstance(owner, ast.Call) and last(owner) in self.classes:
            return self.method(self.classes[last(owner)], target.attr)
        named = self.functions.get(target.attr, [])
        if len(named) == 1 and target.attr not in COMMON and dotted(owner) not in self.imports:
            return named[0]
        return None

    def called(self, scope):  # type: (ast.AST) -> Iterator[ast.AST]
        """The functions of this file that a scope calls."""
        for call in self.own_calls(scope):
            found = self.resolve(call.func, call)
            if found is not None:
                yield found

    def named(self, scope):  # type: (ast.AST) -> Iterator[ast.AST]
        """The functions of this file that a scope calls, or gives away to be called."""
        for node in self.own(scope):
            if isinstance(node, (ast.Name, ast.Attribute, ast.Lambda)):
                found = self.resolve(node, node)
                if found is not None and (not isinstance(node, ast.Attribute)
                                          or dotted(node.value) in ("self", "cls")):
                    yield found
            elif isinstance(node, ast.Call):
                found = self.resolve(node.func, node)
                if found is not None:
                    yield found

    def reach(self, roots, by=None):  # type: (Iterable[ast.AST], Any) -> Set[ast.AST]
        """The roots and the functions of this file that they call, also by way of others."""
        todo, seen = list(roots), set()  # type: List[ast.AST], Set[ast.AST]
        while todo:
            function = todo.pop()
            if function not in seen:
                seen.add(function)
                todo += list((by or self.called)(function))
        return seen

    def thread_targets(self):  # type: () -> Iterator[Tuple[ast.Call, ast.AST]]
        """What is given to a thread, with the call that gives it."""
        for call in self.calls:
            name = last(call)
            if name in ("Thread", "Timer"):
                for keyword in call.keywords:
                    if keyword.arg in ("target", "function"):
                        yield call, keyword.value
                place = 1  # Thread(group, target), Timer(interval, function)
                if len(call.args) > place:
                    yield call, call.args[place]
            elif name in ("submit", "start_new_thread", "to_thread") and call.args:
                yield call, call.args[0]
            elif name == "run_in_executor" and len(call.args) > 1:
                yield call, call.args[1]

    def threaded(self):  # type: () -> Set[ast.AST]
        """The functions of this file that a thread runs, also by way of others."""
        roots = [self.resolve(target, call) for call, target in self.thread_targets()]
        for class_ in self.classes.values():
            if any(last(base) == "Thread" for base in class_.bases):
                roots.append(self.method(class_, "run"))
        return self.reach([root for root in roots if root is not None])

    def tested(self, node, names):  # type: (ast.AST, Set[str]) -> bool
        """A condition of the function asks for one of the names, or its errors are caught: what
        would go wrong is seen to. names holds names, attributes, and texts as hasattr takes."""
        for outer in self.above(node):
            if isinstance(outer, ast.Try) and node_in(node, outer.body) and catches(outer):
                return True
            if isinstance(outer, ast.With) and any("suppress" == last(item.context_expr)
                                                   for item in outer.items):
                return True
        return any((names_in(test) | {text_of(n) or "" for n in ast.walk(test)}) & names
                   for test in self.conditions(self.scope(node)))

    def conditions(self, scope):  # type: (ast.AST) -> Iterator[ast.AST]
        """What a scope decides by."""
        for node in self.own(scope):
            if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
                yield node.test
            elif isinstance(node, ast.BoolOp):
                yield from node.values[:-1]
            elif isinstance(node, ast.comprehension):
                yield from node.ifs
            elif isinstance(node, ast.Call) and last(node) in ("hasattr", "getattr"):
                yield node


def node_in(node, bodies):  # type: (ast.AST, List[Any]) -> bool
    return any(node is inner for body in bodies for inner in ast.walk(body))


def catches(attempt, kinds=frozenset()):  # type: (ast.Try, Iterable[str]) -> bool
    """A try that catches what a missing name or value raises."""
    wanted = {"", "Exception", "BaseException", "AttributeError", "NameError"} | set(kinds)
    for handler in attempt.handlers:
        kind = handler.type
        types = kind.elts if isinstance(kind, ast.Tuple) else [kind]  # type: List[Any]
        if any((last(one) if one is not None else "") in wanted for one in types):
            return True
    return False


def sources(path):  # type: (str) -> Iterator[Tuple[str, bytes]]
    """The Python files of a folder, a zip or a file: the name in findings, and the bytes."""
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
