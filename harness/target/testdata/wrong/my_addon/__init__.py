bl_info = {"name": "x"}
