"""What bgcheck runs inside Blender to judge an add-on that has no service of its own.

Four scripts, each for a Blender of its own, each with its result as JSON in a file:

    blender -b --factory-startup --python enable.py    -- ADDON RESULT [--plain]
    blender -b --factory-startup --python cycle.py     -- ADDON RESULT
    blender -b --factory-startup --python workout.py   -- [ADDON] RESULT [--without RESULT]
    blender -b --factory-startup --python operators.py -- ADDON RESULT [--run FILE]

They write the result after each step, "at" being the step they are in, so that a Blender that
crashed or hangs has said where; at the end it is "end". "broken" is a traceback of ours, no fault
of the add-on. They judge nothing and end with status 0: Blender ends by itself
after them, as it does for people, and how it ends is for the caller to see.
"""
