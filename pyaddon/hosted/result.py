"""The arguments of a script and the file that its result goes to."""
import argparse
import json
import os
import sys
import traceback
from typing import Any, Callable, Dict, List


def parser(name: str, addon: bool = True) -> argparse.ArgumentParser:
    """The arguments that all scripts have; with addon=False the add-on may be left out."""
    made = argparse.ArgumentParser(prog=name, description="Arguments go after a lone --.")
    options: Dict[str, Any] = {} if addon else {"nargs": "?", "default": ""}
    made.add_argument("addon", help="its module's name", **options)
    made.add_argument("result", help="file that the result is written to, as JSON")
    return made


def arguments() -> List[str]:
    """What stands after the lone -- on Blender's command line."""
    return sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else []


def run(main: Callable[[List[str]], None]) -> None:
    """Call main with the arguments. What it raises is ours, and is put into the result as
    "broken": Blender's exit status would not tell."""
    try:
        main(arguments())
    except Exception:
        for made in Result.made:
            made.data["broken"] = traceback.format_exc()
            made.write()
        raise
    finally:
        forget_main()


def forget_main() -> None:
    """Undo what `import multiprocessing` does to a script: it keeps the module __main__, which
    Blender 3.4 empties when the script has ended, and crashes over at its own end. In an add-on
    that Blender enables itself there is no script, and no crash."""
    if sys.modules.get("__mp_main__") is sys.modules.get("__main__"):
        sys.modules.pop("__mp_main__", None)


class Result:
    """A dict on a file. A reader never sees half of it: it is written beside and renamed."""

    made: List["Result"] = []

    def __init__(self, path: str, addon: str) -> None:
        import bpy

        self.path = os.path.abspath(path)  # an add-on may change the working folder
        self.data: Dict[str, Any] = {
            "addon": addon, "at": "start", "blender": bpy.app.version_string,
            "python": "%d.%d.%d" % sys.version_info[:3]}
        Result.made.append(self)
        self.write()

    def step(self, name: str) -> None:
        """Note the step that is about to be taken."""
        self.data["at"] = name
        self.write()

    def end(self) -> None:
        """Note that nothing is missing any more."""
        self.step("end")

    def write(self) -> None:
        with open(self.path + ".part", "w", encoding="utf-8") as file:
            json.dump(self.data, file, default=repr)
        os.replace(self.path + ".part", self.path)
