"""The add-on's own files, and the line of them that did a thing."""
import functools
import os
import re
import sys
from typing import Any, Dict, List, Optional, Tuple

LIMIT = 2000  # files; a wheel inside an add-on may have more


def folder(addon: str) -> str:
    """The add-on's folder, or its file where it is a single one; "" when it is not imported."""
    path = getattr(sys.modules.get(addon), "__file__", None) or ""
    return os.path.dirname(path) if os.path.basename(path).startswith("__init__.") else path


def is_own(addon: str, module: Any) -> bool:
    """True for the name of the add-on's module and of those inside it."""
    return isinstance(module, str) and (module == addon or module.startswith(addon + "."))


def files(path: str) -> List[str]:
    """The Python files of an add-on, sorted, by its folder or file."""
    if os.path.isfile(path):
        return [path]
    found = []
    for at, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        found += [os.path.join(at, name) for name in sorted(names) if name.endswith(".py")]
        if len(found) > LIMIT:
            break
    return found[:LIMIT]


def find(path: str, pattern: str) -> Optional[Tuple[str, int]]:
    """File and line of the first match in the add-on's sources, or None."""
    wanted = re.compile(pattern)
    for name in files(path):
        try:
            with open(name, encoding="utf-8", errors="replace") as source:
                for number, line in enumerate(source, 1):
                    if wanted.search(line):
                        return name, number
        except OSError:
            pass
    return None


def place_of(thing: Any) -> str:
    """file:line of a function, a bound method, a partial; the file of a class; else ""."""
    thing = getattr(thing, "func", thing)
    code = getattr(getattr(thing, "__func__", thing), "__code__", None)
    if code is not None:
        return "%s:%d" % (code.co_filename, code.co_firstlineno)
    file = getattr(sys.modules.get(getattr(thing, "__module__", None) or ""), "__file__", None)
    if file and isinstance(thing, type):
        line = _classes(file).get(thing.__name__)
        return "%s:%d" % (file, line) if line else file
    return file or ""


@functools.lru_cache(maxsize=None)
def _classes(path: str) -> Dict[str, int]:
    """The line of each class in a file. Blender has a thousand classes, in a hundred files."""
    found: Dict[str, int] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as source:
            for number, line in enumerate(source, 1):
                match = re.match(r"\s*class\s+(\w+)", line)
                if match:
                    found.setdefault(match.group(1), number)
    except OSError:
        pass
    return found


def name_of(thing: Any) -> str:
    """module.name of a function or class."""
    thing = getattr(thing, "func", thing)
    name = getattr(thing, "__qualname__", None) or type(thing).__qualname__
    return "%s.%s" % (getattr(thing, "__module__", None) or "?", name)
