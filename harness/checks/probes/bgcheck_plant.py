"""An add-on that notes which functions of a job run, or raises an error in one of them.

For job/python-error. BGCHECK_PLANT holds JSON: {"out": PATH, "expr": BOOL, "at": null} notes, a
JSON line each, {"kind": "function", "file", "name", "first", "line", "handler", "setup"} when a
function of the job's own has returned the first time ("line" is one in its middle, in the body of
a try where it has one), and {"kind": "operator", "name"} when it first calls an operator. With
"at", one of these lines, the error is raised there, the first time, and {"kind": "raised"} is
noted. Blender 2.83 and later.
"""
import json
import os
import sys

bl_info = {
    "name": "bgcheck plant",
    "author": "bgcheck",
    "version": (1, 0, 0),
    "blender": (2, 83, 0),
    "location": "N/A",
    "description": "Notes what a job runs, or raises an error in it",
    "category": "Development",
}

MESSAGE = "planted by bgcheck"
MOST = 50000  # lines that are traced of one function


def middle(code, lines):  # type: (object, list) -> int
    """A line of those that ran: in the body of a try of the function's, else in its middle."""
    import ast
    import linecache

    bodies = []  # type: list
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))  # type: ignore

        def inside(node):  # type: (ast.AST) -> None
            for child in ast.iter_child_nodes(node):
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
                                      ast.Lambda)):
                    continue
                if isinstance(child, ast.Try) and child.handlers:
                    bodies.extend(statement.lineno for statement in child.body)
                inside(child)
        for node in ast.walk(tree):
            first = [getattr(node, "lineno", 0)] + [
                d.lineno for d in getattr(node, "decorator_list", [])]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
                    code.co_firstlineno in first):  # type: ignore[attr-defined]
                inside(node)
        if code.co_name == "<module>":  # type: ignore[attr-defined]
            inside(tree)
    except (SyntaxError, ValueError):
        pass
    guarded = [line for line in lines if line in bodies]
    chosen = guarded or lines
    return chosen[len(chosen) // 2]


def install(order):  # type: (dict) -> None
    import sysconfig

    import bpy  # type: ignore[import]

    out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    at = order["at"]
    here = os.path.abspath(__file__)
    foreign = tuple(os.path.join(folder, "") for folder in {
        os.path.abspath(path) for path in (
            sysconfig.get_paths()["stdlib"], sysconfig.get_paths()["platstdlib"],
            sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"],
            bpy.utils.resource_path("LOCAL"), bpy.utils.resource_path("SYSTEM"),
            os.path.join(os.path.dirname(os.environ.get("BGCHECK_WITNESS", "")), "../run"),
            *bpy.utils.script_paths(subdir="modules"), *bpy.utils.script_paths(subdir="startup"),
        ) if path})
    known = {}  # type: dict
    seen = set()  # type: set
    operators = set()  # type: set

    def note(**fields):  # type: (object) -> None
        os.write(out, (json.dumps(fields) + "\n").encode())

    def own(code):  # type: (object) -> bool
        name = code.co_filename  # type: ignore[attr-defined]
        if name not in known:
            path = os.path.abspath(name)
            if name.startswith("<") or not name:
                known[name] = order["expr"] and name == "<string>"
            else:
                known[name] = not (path.startswith(foreign) or "/dist-packages/" in name or
                                   path == here)
        return known[name]

    def handlers():  # type: () -> dict
        found = {}
        for name in dir(bpy.app.handlers):
            functions = getattr(bpy.app.handlers, name)
            if isinstance(functions, list):
                for function in functions:
                    code = getattr(function, "__code__", None)
                    if code is not None:
                        found[code] = name
        return found

    def surroundings(frame):  # type: (object) -> tuple
        registered, handler, setup = handlers(), "", False
        while frame is not None:
            code = frame.f_code  # type: ignore[attr-defined]
            handler = handler or registered.get(code, "")
            setup = setup or code.co_name in ("register", "unregister")
            frame = frame.f_back  # type: ignore[attr-defined]
        return handler, setup

    def follow(frame):  # type: (object) -> object
        code = frame.f_code  # type: ignore[attr-defined]
        handler, setup = surroundings(frame)
        lines = []  # type: list

        def local(frame, event, arg):  # type: (object, str, object) -> object
            line = frame.f_lineno  # type: ignore[attr-defined]
            if event == "line":
                if at is not None and line == at["line"]:
                    note(kind="raised")
                    raise RuntimeError(MESSAGE)
                if at is None and line not in lines:
                    lines.append(line)
                if len(lines) > MOST:
                    frame.f_trace_lines = False  # type: ignore[attr-defined]
            elif event == "return" and at is None and lines:
                note(kind="function", file=code.co_filename, name=code.co_name,
                     first=code.co_firstlineno, line=middle(code, lines), handler=handler,
                     setup=setup)
            return local
        return local

    def trace(frame, event, arg):  # type: (object, str, object) -> object
        code = frame.f_code  # type: ignore[attr-defined]
        back = frame.f_back  # type: ignore[attr-defined]
        if code.co_name == "__call__" and code.co_filename.endswith(("bpy/ops.py", "bpy\\ops.py")):
            if back is not None and own(back.f_code):
                this = frame.f_locals.get("self")  # type: ignore[attr-defined]
                name = this.idname_py() if hasattr(this, "idname_py") else str(this)
                if name not in operators:
                    operators.add(name)
                    if at is None:
                        note(kind="operator", name=name,
                             file=back.f_code.co_filename, line=back.f_lineno)
                    elif at["kind"] == "operator" and at["name"] == name:
                        note(kind="raised")
                        raise RuntimeError("Error: " + MESSAGE)
            return None
        if not own(code):
            return None
        if at is not None:
            if at["kind"] != "function" or at["name"] != code.co_name or (
                    at["first"] != code.co_firstlineno or  # the folder is another in each run
                    os.path.basename(at["file"]) != os.path.basename(code.co_filename)):
                return None
            return follow(frame)
        if code in seen or code.co_name in ("<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>",
                                            "<setcomp>"):
            return None
        seen.add(code)
        return follow(frame)
    sys.settrace(trace)  # type: ignore[arg-type]


def register():  # type: () -> None
    order = os.environ.get("BGCHECK_PLANT")
    if order:
        install(json.loads(order))


def unregister():  # type: () -> None
    sys.settrace(None)
