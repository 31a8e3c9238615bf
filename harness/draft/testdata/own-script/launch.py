import os
import time

import addon_utils

addon_utils.enable("my_addon")
import my_addon

PORT = int(os.environ.get("MY_PORT", "4000"))
while True:
    time.sleep(0.05)
