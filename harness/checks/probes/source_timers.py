"""Code that bpy.app.timers are to run, which never fire in background mode. Needs no bpy."""
import ast

from typing import List, Optional, Set

from pysource import FUNCTIONS, File, dotted, last

TELLERS = {"print", "debug", "info", "warning", "error", "log"}
TIMER_EXEC = "code is run by bpy.app.timers, which never fire in background mode"


def bridged(files):  # type: (List[File]) -> bool
    """bgcheck's keepalive keeps the target alive, and runs the timers on its loop."""
    theirs = {file.name.rpartition("/")[2]: file for file in files}
    if "keepalive.py" in theirs and "bridge_timers" not in theirs["keepalive.py"].functions:
        return False
    for file in files:
        for call in file.calls:
            name = dotted(call.func)
            module, imported = file.imports.get(name, ("", ""))
            whole = (module + "." + imported) if imported else name
            if whole.endswith("keepalive.bridge_timers"):
                return True
            if whole.endswith("keepalive.run"):
                given = {one.arg: getattr(one.value, "value", getattr(one.value, "s", None))
                         for one in call.keywords}
                return given.get("timers", given.get("drive") != "kick") is not False
    return False


def check(file):  # type: (File) -> None
    """exec in what bpy.app.timers is given, unless the code asks for background mode."""
    for call in file.calls:
        if not registers(file, call) or not call.args:
            continue
        target = file.resolve(call.args[0], call)
        depth = runs_code(file, target)
        if depth is not None and not asks_before(file, file.scope(call), depth > 0, set()):
            file.note("timer-exec", call, TIMER_EXEC)


def registers(file, call):  # type: (File, ast.Call) -> bool
    name = dotted(call.func)
    module, imported = file.imports.get(name, ("", ""))
    return name.endswith("timers.register") or module.endswith("timers") and imported == "register"


def runs_code(file, target):  # type: (File, Optional[ast.AST]) -> Optional[int]
    """0 for a function that calls exec, 1 for one that does so by way of other functions of the
    file, which it calls or gives away; None for all others."""
    if target is None:
        return None
    if executes(file, target):
        return 0
    reached = file.reach([target], file.named)
    return 1 if any(executes(file, function) for function in reached) else None


def executes(file, function):  # type: (File, ast.AST) -> bool
    return any(dotted(call.func) in ("exec", "eval", "runpy.run_path", "runpy.run_module")
               for call in file.own_calls(function))


def asks(file, nodes):  # type: (File, List[ast.AST]) -> bool
    """One of the nodes looks at bpy.app.background, and not to print it."""
    return any("background" in getattr(node, "attr", getattr(node, "id", ""))
               and not only_told(file, node) for node in nodes)


def only_told(file, node):  # type: (File, ast.AST) -> bool
    for above in file.above(node):
        if isinstance(above, ast.Call) and last(above) in TELLERS:
            return True
        if isinstance(above, ast.If) and not above.orelse:
            return all(isinstance(part, ast.Expr) and last(part.value) in TELLERS
                       for part in above.body)
    return False


def asks_before(file, scope, through, seen):
    # type: (File, ast.AST, bool, Set[ast.AST]) -> bool
    """The scope that registers the timer asks for background mode, or all do that call it. Where
    nobody calls it, and the code runs by way of other functions, any question in the file counts:
    there is another way for background mode."""
    if asks(file, file.own(scope)):
        return True
    if scope is file.tree or scope in seen:
        return False
    seen.add(scope)
    callers = [other for name in file.functions for other in file.functions[name]
               if other is not scope and scope in file.called(other)]
    if scope in file.called(file.tree):
        callers.append(file.tree)
    if isinstance(file.scope(scope), FUNCTIONS):
        callers.append(file.scope(scope))
    if callers:
        return all(asks_before(file, caller, through, seen) for caller in callers)
    return through and asks(file, file.nodes)
