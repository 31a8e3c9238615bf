"""What goes wrong when Blender starts or ends: the announcement that nobody reads, a wait for a
person, a question that not every command line answers, work after the data is gone. Needs no bpy.
"""
import ast
import re

from typing import Iterator, List, Optional, Set

from pysource import File, dotted, last, names_in, text_of

ATEXIT = ("exit functions run after Blender has freed its data: bpy.data is empty there, and what "
          "works on it crashes or saves nothing")
FLUSH = ("the line that announces the port is printed without flush: to a pipe or a file it comes "
         "when Blender ends, or never")
STDIN = ("the start reads standard input: in background mode nobody types, so it waits for ever or "
         "finds the end of the input")
BY_ARGUMENT = ("a search for %s in sys.argv misses %s, and what other programs start; "
               "bpy.app.background is true in background mode, however it was asked for")
FLAGS = {"--background": "-b", "-b": "--background"}
GONE = {"bpy.data", "bpy.ops", "bpy.context"}
PLACE = re.compile(r"%[-+ #0-9.]*[sdirxfg]|\{[^{}]*\}")


def check(file, announce):  # type: (File, str) -> None
    """announce is the regular expression that finds the announced port; "" when none is awaited."""
    check_atexit(file)
    check_argv(file)
    if announce:
        check_flush(file, re.compile(announce))


def check_atexit(file):  # type: (File) -> None
    for call in file.calls:
        name = dotted(call.func)
        if name == "atexit.register" or file.imports.get(name) == ("atexit", "register"):
            if call.args:
                after_the_end(file, file.resolve(call.args[0], call))
    for named in file.functions.values():
        for function in named:
            for decorator in getattr(function, "decorator_list", []):
                if dotted(decorator) == "atexit.register":
                    after_the_end(file, function)


def after_the_end(file, function):  # type: (File, Optional[ast.AST]) -> None
    for reached in file.reach([function] if function is not None else []):
        for node in file.own(reached):
            if isinstance(node, ast.Attribute) and dotted(node) in GONE and not asked(file, node):
                file.note("atexit", node, ATEXIT)


def asked(file, node):  # type: (File, ast.AST) -> bool
    """A condition looks whether the data is there."""
    return any(dotted(inner) in GONE for test in file.conditions(file.scope(node))
               for inner in ast.walk(test))


def check_argv(file):  # type: (File) -> None
    asked = set()  # type: Set[str]
    found = []  # type: List[ast.Compare]
    for node in file.nodes:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            flag = text_of(node.left) or ""
            if isinstance(node.ops[0], (ast.In, ast.NotIn)) and flag in FLAGS:
                if dotted(node.comparators[0]).endswith("argv"):
                    asked.add(flag)
                    found.append(node)
    for node in found:
        flag = text_of(node.left) or ""
        if FLAGS[flag] not in asked and not looks_at_mode(file, node):
            file.note("background-flag", node, BY_ARGUMENT % (flag, FLAGS[flag]))


def looks_at_mode(file, node):  # type: (File, ast.AST) -> bool
    """The same condition asks bpy.app.background as well."""
    for above in file.above(node):
        if isinstance(above, ast.stmt):
            return False
        if isinstance(above, ast.BoolOp) and any(dotted(n) == "bpy.app.background"
                                                 for n in ast.walk(above)):
            return True
    return False


def check_stdin(file):  # type: (File) -> None
    """input() and reads of sys.stdin in what runs at the start; the file runs then."""
    roots = [file.tree]  # type: List[ast.AST]
    if not file.script:
        roots += [function for function in file.functions.get("register", [])
                  if file.class_of(function) is None]
    for scope in file.reach(roots):
        for node in file.own(scope):
            if reads_stdin(node) and not only_by_hand(file, node):
                file.note("stdin", node, STDIN)


def reads_stdin(node):  # type: (ast.AST) -> bool
    if isinstance(node, ast.Call):
        name = dotted(node.func)
        return name in ("input", "sys.stdin.read", "sys.stdin.readline", "sys.stdin.readlines",
                        "sys.stdin.buffer.read", "sys.stdin.buffer.readline", "getpass.getpass")
    return isinstance(node, ast.For) and dotted(node.iter) in ("sys.stdin", "sys.stdin.buffer")


def only_by_hand(file, node):  # type: (File, ast.AST) -> bool
    """The code asks for a terminal, or for the mode."""
    wanted = {"isatty", "background", "interactive"}
    return any(names_in(test) & wanted for test in file.conditions(file.scope(node)))


def check_flush(file, announce):  # type: (File, re.Pattern[str]) -> None
    if any(last(call) in ("reconfigure", "fdopen", "TextIOWrapper") for call in file.calls):
        return  # stdout may be another than Blender's
    flushes = {file.scope(call) for call in file.calls if last(call) == "flush"}
    for call in file.calls:
        name = dotted(call.func)
        if name not in ("print", "sys.stdout.write") or file.scope(call) in flushes:
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "file" in given and dotted(given["file"]) != "sys.stdout" or None in given:
            continue
        flush = given.get("flush")
        if flush is not None and getattr(flush, "value", True) is not False:
            continue
        if any(announce.search(line) for line in printed(call)):
            file.note("flush", call, FLUSH)


def printed(call):  # type: (ast.Call) -> Iterator[str]
    """The line that a print may print: a port, or an address and a port, for what is not known."""
    parts = []  # type: List[str]
    for given in call.args:
        parts.append(skeleton(given))
    line = " ".join(parts)
    yield line.replace("\0", "4711")
    yield line.replace("\0", "127.0.0.1", 1).replace("\0", "4711")
    yield line.replace("\0", "127.0.0.1:4711")


def skeleton(node):  # type: (ast.AST) -> str
    """A text with \\0 for what is filled in."""
    text = text_of(node)
    if text is not None:
        return text
    if isinstance(node, ast.JoinedStr):
        return "".join(skeleton(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return PLACE.sub("\0", skeleton(node.left))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return skeleton(node.left) + skeleton(node.right)
    if isinstance(node, ast.Call) and last(node) == "format":
        return PLACE.sub("\0", skeleton(getattr(node.func, "value", node.func)))
    return "\0"
