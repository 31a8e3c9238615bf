"""Install an add-on from its package, as people do, and say what came of it.

    blender -b --factory-startup --python package.py -- MODULE RESULT PACKAGE [--extension]

PACKAGE is a zip, a .py file, or with --extension the folder or zip of an extension (Blender 4.2
and later): that is validated, built where it is a folder, and installed by Blender's own command.
Result: {"steps": [{"step", "ok", "output"}], "new": [names that are new in the folder of add-ons],
"listed": Blender lists it among the add-ons, "enable": step as in cycle.py}.
"""
import os
import subprocess
import sys
import tempfile
from typing import Any, Dict, List

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from hosted import capture, result, switch  # noqa: E402

sys.path.remove(ROOT)  # an add-on must not find our modules for its own

LIMIT = 120.0  # seconds for one command of Blender's
BAD = ("error", "fatal", "missing", "traceback")  # a command that fails may end with status 0


def command(name: str, words: List[str]) -> Dict[str, Any]:
    """Run `blender --command extension ...`."""
    import bpy

    ran = subprocess.run([bpy.app.binary_path, "--background", "--factory-startup", "--command",
                          "extension"] + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=LIMIT)
    output = ran.stdout.decode("utf-8", "replace")
    wrong = [line for line in output.split("\n") if line.lower().lstrip().startswith(BAD)]
    return {"step": name, "ok": ran.returncode == 0 and not wrong, "output": output[-4000:]}


def extension(package: str, steps: List[Dict[str, Any]], out: result.Result) -> None:
    """Validate, build and install it."""
    with tempfile.TemporaryDirectory(prefix="bgcheck-") as scratch:
        out.step("validate")
        steps.append(command("validate", ["validate", package]))
        built = [package]
        if os.path.isdir(package) and steps[-1]["ok"]:
            out.step("build")
            steps.append(command("build", ["build", "--source-dir", package,
                                           "--output-dir", scratch]))
            built = [os.path.join(scratch, name) for name in os.listdir(scratch)
                     if name.endswith(".zip")]
        if steps[-1]["ok"] and built:
            out.step("install")
            steps.append(command("install", ["install-file", "-r", "user_default", built[0]]))


def legacy(package: str, steps: List[Dict[str, Any]], out: result.Result) -> List[str]:
    """Install a zip or a .py by the operator that the preferences' button calls."""
    import bpy

    folder = bpy.utils.user_resource("SCRIPTS", path="addons", create=True)
    before = set(os.listdir(folder))
    out.step("install")
    error = ""
    with capture.Capture() as output:
        try:
            done = bpy.ops.preferences.addon_install(filepath=package, overwrite=True)
        except Exception as raised:
            done, error = set(), switch.describe(raised)
        text = output.read()
    steps.append({"step": "install", "ok": "FINISHED" in done, "output": error or text[-4000:]})
    return sorted(set(os.listdir(folder)) - before - {"__pycache__"})


def main(arguments: List[str]) -> None:
    parser = result.parser("package.py")
    parser.add_argument("package", help="what is installed")
    parser.add_argument("--extension", action="store_true")
    options = parser.parse_args(arguments)
    out = result.Result(options.result, options.addon)
    steps: List[Dict[str, Any]] = []
    out.data.update(steps=steps, new=[], listed=None, enable=None)
    if options.extension:
        extension(os.path.abspath(options.package), steps, out)
    else:
        out.data["new"] = legacy(os.path.abspath(options.package), steps, out)
    if steps[-1]["ok"]:
        out.data["listed"] = bool(switch.folder_of(options.addon))
        out.step("enable")
        out.data["enable"] = switch.enable(options.addon)
    out.end()


if __name__ == "__main__":
    result.run(main)
