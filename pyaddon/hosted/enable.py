"""Enable an add-on one way, then disable it, and say what was raised.

    blender -b --factory-startup --python enable.py -- ADDON RESULT [--plain]

Without --plain it gets an entry in the preferences, as the button there makes it; with it, none,
as with --addons. Result: {"way": "entry" or "plain", "factory": it was enabled already (disabled
first), "steps": [enable, disable]}; a step is as in cycle.py. "requires" names the modules and
add-ons that must be there, or "entry" where its own entry in the preferences is what is missing.
"""
import os
import sys
from typing import Any, Dict, List

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)

from hosted import result, switch  # noqa: E402

sys.path.remove(ROOT)  # an add-on must not find our modules for its own


def main(arguments: List[str]) -> None:
    parser = result.parser("enable.py")
    parser.add_argument("--plain", action="store_true", help="no entry in the preferences")
    options = parser.parse_args(arguments)
    out = result.Result(options.result, options.addon)
    steps: List[Dict[str, Any]] = []
    out.data.update(way="plain" if options.plain else "entry", steps=steps,
                    factory=switch.is_enabled(options.addon))
    if out.data["factory"]:
        out.step("disable at first")
        # The factory's entry stays for --plain: with --addons it is there as well.
        switch.disable(options.addon, entry=not options.plain)
    out.step("enable")
    steps.append(switch.enable(options.addon, entry=not options.plain))
    if steps[-1]["ok"]:
        out.step("disable")
        steps.append(switch.disable(options.addon, entry=not options.plain))
    out.end()


if __name__ == "__main__":
    result.run(main)
