"""Read Python source by its syntax tree, and list what is wrong in background mode.

    blender --background --python source.py -- OUT PATH... [--script PATH] [--also PATH...]
        [--announce HEX]

Each PATH is a folder, a .py file or a zip; that behind --script is the launch script; what stands
behind --also may install signal handlers and is not searched for anything else. HEX is the regular
expression that the announced port is found with, as hexadecimal UTF-8. OUT receives a JSON list of
{"rule": .., "file": .., "line": .., "text": .., "note": ..}, of rule "limit" with the seconds of a
timeout as its note, or of {"error": ..} for a file that is
no Python of this version. Needs no bpy.
"""
import ast
import json
import os
import sys
import zipfile

from typing import Any, Dict, List, Set, Tuple

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import sigterm  # noqa: E402
import source_context  # noqa: E402
import source_limits  # noqa: E402
import source_loops  # noqa: E402
import source_start  # noqa: E402
import source_timers  # noqa: E402
import source_versions  # noqa: E402

from pysource import File, sources  # noqa: E402

NO_HANDLER = ("nothing installs a handler for SIGTERM before this: it ends Blender at once, "
              "without unregister, and as process 1 of a container Blender ignores it")


def check_handlers(files, also):  # type: (List[File], List[str]) -> None
    """Note the launch script, which comes last, when nothing installs a handler for SIGTERM."""
    trees = [(file.name, file.tree) for file in files]  # type: List[Tuple[str, ast.AST]]
    todo, seen = list(also), set()  # type: List[str], Set[str]
    for whole in files:
        if whole.path.endswith(".py"):
            todo += sigterm.beside(whole.path, whole.tree)
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
    if files and not sigterm.handled(trees):
        script = next(whole for whole in files if whole.path == files[-1].path)
        script.note("no-sigterm-handler", sigterm.keeps(script.tree), NO_HANDLER)


def manifest(path):  # type: (str) -> str
    """The manifest of an extension; "" for all else."""
    name = "blender_manifest.toml"
    if os.path.isfile(os.path.join(path, name)):
        with open(os.path.join(path, name), encoding="utf-8", errors="replace") as text:
            return text.read()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for inside in archive.namelist():
                if inside.rpartition("/")[2] == name:
                    return archive.read(inside).decode("utf-8", "replace")
    return ""


def of_tests(name):  # type: (str) -> bool
    """A file of the target's own tests, which Blender does not run."""
    *folders, file = name.split("/")
    return bool({"tests", "test"} & set(folders[1:])) or bool(folders) and file.startswith("test_")


def main(out, paths, script, also, announce):
    # type: (str, List[str], str, List[str], str) -> None
    found = []  # type: List[Dict[str, Any]]
    files = []  # type: List[File]
    for path in paths + [script] * bool(script):
        for name, text in sources(path):
            if of_tests(name):
                continue
            try:
                files.append(File(name, text.decode("utf-8-sig"), path, path == script))
            except (SyntaxError, ValueError) as error:
                found.append({"error": "%s: %s" % (name, error)})
    bridged = source_timers.bridged(files)
    for whole in files:
        source_loops.check(whole)
        if not bridged:
            source_timers.check(whole)
        source_start.check(whole, announce)
        source_limits.check(whole)
    program = source_context.Program(files)
    for whole in program.started():
        source_start.check_stdin(whole)
    source_context.check(program)
    source_versions.check(files, min([source_versions.maximum(manifest(path)) for path in paths],
                                     default=source_versions.ALL))
    check_handlers(files, also)
    for whole in files:
        found += sorted(whole.found, key=lambda one: one["line"])
    with open(out + ".part", "w", encoding="utf-8") as result:
        json.dump(found, result)
    os.replace(out + ".part", out)


def options(arguments):  # type: (List[str]) -> Dict[str, List[str]]
    """The arguments behind each option; those before the first behind ''."""
    read = {"": []}  # type: Dict[str, List[str]]
    option = ""
    for argument in arguments:
        if argument.startswith("--"):
            option = argument
            read[option] = []
        else:
            read[option].append(argument)
    return read


if __name__ == "__main__":
    _given = options(sys.argv[sys.argv.index("--") + 1:])
    main(_given[""][0], _given[""][1:], "".join(_given.get("--script", [])),
         _given.get("--also", []),
         bytes.fromhex("".join(_given.get("--announce", []))).decode("utf-8"))
