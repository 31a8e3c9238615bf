"""Look into files that a job has made, for job/effect, job/frames and job/again.

Arguments: the file for the answers, the file with the questions, the folder of the files.
"""
import hashlib
import json
import os
import sys


def picture(path):  # type: (str) -> tuple
    """Why it is no picture, whether it is of one colour, and a coarse digest of what it shows."""
    import bpy
    try:
        image = bpy.data.images.load(path)
        width, height = image.size
        pixels = list(image.pixels) if width * height <= 1 << 24 else []
    except RuntimeError as error:
        return "it cannot be loaded: %s" % str(error).strip(), False, ""
    if width == 0 or height == 0:
        return "it cannot be loaded as a picture", False, ""
    step = image.channels or 4
    columns = [pixels[i::step] for i in range(step)]
    uniform = bool(pixels) and all(min(column) == max(column) for column in columns)
    means = ["%.1f" % (sum(column) / len(column)) for column in columns if column]
    return "", uniform, "%dx%d %s" % (width, height, " ".join(means))


def datablocks(path):  # type: (str) -> str
    import bpy
    bpy.ops.wm.open_mainfile(filepath=path, load_ui=False)
    found = []
    for name in sorted(dir(bpy.data)):
        items = getattr(bpy.data, name)
        if isinstance(items, bpy.types.bpy_prop_collection) and name not in (
                "screens", "window_managers", "workspaces", "brushes", "palettes", "linestyles"):
            found.append("%s: %s" % (name, ", ".join(sorted(item.name for item in items))))
    return "\n".join(found)


def look(question, path):  # type: (dict, str) -> dict
    import bpy
    answer = {"why": "", "digest": "", "uniform": False}
    if question.get("picture"):
        answer["why"], answer["uniform"], answer["digest"] = picture(path)
    elif question.get("digest"):
        answer["digest"] = datablocks(path) if path.endswith(".blend") else picture(path)[2]
    elif question.get("expression"):
        if path.endswith(".blend"):
            bpy.ops.wm.open_mainfile(filepath=path, load_ui=False)
        names = {"bpy": bpy, "json": json, "os": os, "hashlib": hashlib, "path": path}
        value = eval(question["expression"], names)
        if not value:
            answer["why"] = "it is %r" % (value,)
    return answer


def main():  # type: () -> None
    out, questions, work = sys.argv[sys.argv.index("--") + 1:][:3]
    answers = []
    with open(questions, encoding="utf-8") as f:
        asked = json.load(f)
    for question in asked:
        try:
            answers.append(look(question, os.path.join(work, question["file"])))
        except Exception as error:
            why = "%s: %s" % (type(error).__name__, str(error).strip())
            answers.append({"why": why, "digest": "", "uniform": False})
    with open(out, "w", encoding="utf-8") as f:
        json.dump(answers, f)


main()
