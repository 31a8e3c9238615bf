"""Print the modules of the add-ons that this Blender brings, one a line behind "add-on "."""
import os

import addon_utils  # type: ignore[import]

NO_ADDON = ("cycles", "presets", "modules", "contrib", "__pycache__")

for folder in addon_utils.paths():
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        base, extension = os.path.splitext(name)
        package = os.path.exists(os.path.join(folder, name, "__init__.py"))
        if base not in NO_ADDON and (extension == ".py" or package):
            print("add-on " + base)
