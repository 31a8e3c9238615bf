"""Run truth.py for all add-ons that a Blender brings, into one file of JSON lines.

    python3 truth_all.py [--blender PATH] [--jobs 2] [--limit 60] OUT.jsonl [ADDON...]

One line an add-on: what both ways of enabling said, how each Blender ended (exit status, signal,
the crash file's backtrace), and how often "Traceback" stood in its output in each phase. The
first line, with the add-on "", is Blender without any: what it says of itself is no fault.
"""
import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NO_ADDON = ("cycles", "presets", "modules", "contrib", "__pycache__")
PHASE = "truth: phase "
WAYS = ("preferences", "addons", "enabled")
LIST = "import addon_utils; print('truth: paths ' + repr(addon_utils.paths()))"
# Not by --python FILE: Blender 3.4 crashes at its end where an add-on that a FILE enables imports
# multiprocessing, which keeps the module __main__ that Blender empties: no fault of the add-on.
RUN = "import runpy; runpy.run_path(%r)" % os.path.join(HERE, "truth.py")
ENABLED = """
import addon_utils, sys
addon_utils.enable(sys.argv[-1], default_set=True)
"""


def environment(home):
    """A profile of its own, whose folders are there."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("BLENDER_", "PYTHON", "DISPLAY", "WAYLAND"))}
    # Debian's Blender takes its Python from PATH: the system's, not a virtual environment's.
    env.update(HOME=home, TMPDIR=os.path.join(home, "tmp"), PATH="/usr/bin:/bin")
    for name in ("CONFIG", "SCRIPTS", "DATAFILES", "EXTENSIONS"):
        env["BLENDER_USER_" + name] = os.path.join(home, name.lower())
        os.mkdir(env["BLENDER_USER_" + name])
    os.mkdir(env["TMPDIR"])
    return env


def blender(options, arguments, home, **more):
    """Run it to its end; exit status, output, seconds. None as status: the limit has passed."""
    start = time.monotonic()
    process = subprocess.Popen([options.blender, "-b", "--factory-startup"] + arguments,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, env=dict(environment(home), **more),
                               start_new_session=True)
    try:
        output, status = process.communicate(timeout=options.limit)[0], process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        output, status = process.communicate()[0], None
    return status, output.decode("utf-8", "replace"), round(time.monotonic() - start, 2)


def by_phase(output):
    """The number of tracebacks in each phase's output, where there are any."""
    phase, found = "start", {}
    for line in output.split("\n"):
        if line.startswith(PHASE):
            phase = line[len(PHASE):]
        elif line.startswith("Traceback (most recent call last)"):
            found[phase] = found.get(phase, 0) + 1
    return found


def scripts_without(addon, folder, home):
    """A copy, by links, of Blender's scripts that lacks one add-on. FOLDER is its add-ons'."""
    copy = os.path.join(home, "system")
    inside = os.path.basename(folder)  # addons, or addons_core from 4.2 on
    os.makedirs(os.path.join(copy, inside))
    for source, target in ((os.path.dirname(folder), copy), (folder, os.path.join(copy, inside))):
        for name in os.listdir(source):
            if name != inside and os.path.splitext(name)[0] != addon:
                os.symlink(os.path.join(source, name), os.path.join(target, name))
    return copy


def look_without(options, addon, folder):
    """The file with what is there in a Blender without one add-on; the caller removes it."""
    home = tempfile.mkdtemp(prefix="truth-")
    try:
        result = tempfile.mktemp(prefix="truth-", suffix=".json")
        status, output, _ = blender(
            options, ["--python-expr", RUN, "--", "", result, "look"], home,
            BLENDER_SYSTEM_SCRIPTS=scripts_without(addon, folder, home))
        if not os.path.exists(result):
            raise SystemExit("look without %s: status %s:\n%s" % (addon, status, output))
        return result
    finally:
        shutil.rmtree(home, ignore_errors=True)


def one_way(options, addon, way, base=""):
    """One Blender, in a folder of its own."""
    home = tempfile.mkdtemp(prefix="truth-")
    result = os.path.join(home, "result.json")
    script = ["--python-expr", RUN, "--", addon, result, way, base]
    if way == "addons":
        script = ["--addons", addon] + script
    elif way == "enabled":
        script = ["--python-expr", ENABLED, "--", addon]
    try:
        status, output, seconds = blender(options, script, home)
        line = {"status": status, "seconds": seconds, "tracebacks": by_phase(output),
                "output": output[-6000:]}
        if os.path.exists(result):
            with open(result, encoding="utf-8") as file:
                line.update(json.load(file))
        crash = [os.path.join(home, "tmp", name) for name in os.listdir(os.path.join(home, "tmp"))
                 if name.endswith(".crash.txt")]
        if crash:
            with open(crash[0], encoding="utf-8", errors="replace") as file:
                line["crash"] = file.read()[-3000:]
        return line
    finally:
        shutil.rmtree(home, ignore_errors=True)


def one(options, addon, folder):
    """All ways of one add-on."""
    if not addon:
        return {"addon": "", "look": one_way(options, addon, "look")}
    line = dict({way: one_way(options, addon, way) for way in WAYS}, addon=addon)
    if line["preferences"].get("at_start", [0, 0])[1]:
        base = look_without(options, addon, folder)
        line["preferences"] = one_way(options, addon, "preferences", base)
        os.remove(base)
    return line


def short(line):
    """How Blender ended, what was raised, and what was left at the end."""
    found = {"addon": line["addon"]}
    for way in ("preferences", "addons"):
        if way not in line:
            continue
        found[way] = {"status": line[way]["status"], "at_start": line[way].get("at_start"),
                      "steps": {}}
        for name, step in line[way].get("steps", {}).items():
            keep = {key: step[key] for key in ("check", "later") if key in step and name != "left1"}
            if step.get("raised"):
                keep["raised"] = [text.strip().split("\n")[-1] for text in step["raised"]]
            if keep:
                found[way]["steps"][name] = keep
    return found


def bundled(options):
    """The add-ons in the folders that Blender itself names: {name: folder}."""
    home = tempfile.mkdtemp(prefix="truth-")
    try:
        output = blender(options, ["--python-expr", LIST], home)[1]
    finally:
        shutil.rmtree(home, ignore_errors=True)
    line = [line for line in output.split("\n") if line.startswith("truth: paths ")]
    if not line:
        sys.exit("truth_all.py: %s does not name its add-on folders:\n%s"
                 % (options.blender, output))
    names = {}
    for folder in eval(line[0][len("truth: paths "):]):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            base, extension = os.path.splitext(name)
            package = os.path.exists(os.path.join(folder, name, "__init__.py"))
            if base not in NO_ADDON and (extension == ".py" or package):
                names[base] = folder
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--blender", default="/usr/bin/blender")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=float, default=60, help="seconds for one Blender")
    parser.add_argument("--short", action="store_true", help="only what verdicts are compared with")
    parser.add_argument("out")
    parser.add_argument("addon", nargs="*")
    options = parser.parse_args()
    folders = bundled(options)
    names = options.addon or sorted(folders)
    start = time.monotonic()
    with open(options.out, "w", encoding="utf-8") as out, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for line in pool.map(lambda name: one(options, name, folders.get(name)), [""] + names):
            out.write(json.dumps(short(line) if options.short else line, sort_keys=True) + "\n")
            out.flush()
    print("%d add-ons, %.0f s" % (len(names), time.monotonic() - start))


if __name__ == "__main__":
    main()
