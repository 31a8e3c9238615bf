"""Python's tracebacks as they stand in a text: who raised what, through which files."""
import re
from typing import Any, Dict, Iterator, List, Tuple

BEGIN = "Traceback (most recent call last):"
FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<name>.*))?$')
CHAINED = ("During handling of the above exception, another exception occurred:",
           "The above exception was the direct cause of the following exception:")


def find(text: str) -> List[Dict[str, Any]]:
    """Each traceback: {"error": its last line, "files": [[file, line]...], "text": all of it}.

    Chained ones are one, whose error is the last. One that is cut off has the error ""."""
    found: List[Dict[str, Any]] = []
    for lines, error, goes_on in _blocks(text.split("\n")):
        files = [[match.group("file"), int(match.group("line"))]
                 for match in map(FRAME.match, lines) if match]
        if found and found[-1].pop("chained", False):
            last = found[-1]
            last.update(error=error, files=last["files"] + files,
                        text=last["text"] + "\n" + "\n".join(lines))
        else:
            found.append({"error": error, "files": files, "text": "\n".join(lines)})
        if goes_on:
            found[-1]["chained"] = True
    for traceback in found:
        traceback.pop("chained", None)
        traceback["text"] = traceback["text"].rstrip()
    return found


def _blocks(lines: List[str]) -> Iterator[Tuple[List[str], str, bool]]:
    """The lines of each traceback, its error, and whether the next one belongs to it."""
    place = 0
    while place < len(lines):
        if BEGIN not in lines[place]:
            place += 1
            continue
        indent = lines[place][:len(lines[place]) - len(lines[place].lstrip())]
        block, error, goes_on = [lines[place]], "", False
        place += 1
        while place < len(lines) and not lines[place].strip().startswith(BEGIN):
            line = lines[place]
            if BEGIN in line:  # "RuntimeError: Error: Python: Traceback ...": an operator's
                goes_on = True
                break
            block.append(line)
            place += 1
            if not line.startswith((indent + " ", indent + "\t")):
                error = line.strip()
                break
        # An empty line and the words that chain may follow.
        ahead = [line.strip() for line in lines[place:place + 2]]
        if len(ahead) == 2 and not ahead[0] and ahead[1] in CHAINED:
            block += lines[place:place + 2]
            place += 2
            goes_on = True
        yield block, error, goes_on


def through(traceback: Dict[str, Any], folder: str) -> List[List[Any]]:
    """Those of its frames whose file is the add-on's: in this folder, or this very file."""
    return [[file, line] for file, line in traceback["files"]
            if file == folder or file.startswith(folder.rstrip("/\\") + "/")
            or file.startswith(folder.rstrip("/\\") + "\\")]


def signature(traceback: Dict[str, Any]) -> str:
    """What two tracebacks of one fault have in common: the error's type and where it came from.

    The message is left out: it may name a path or an address that is another each time."""
    last = traceback["files"][-1] if traceback["files"] else ["", 0]
    return "%s at %s:%s" % (traceback["error"].partition(":")[0], last[0], last[1])
