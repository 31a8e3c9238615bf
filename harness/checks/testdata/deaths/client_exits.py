"""Tell the client what its code raised; SystemExit is forgotten."""

import traceback
from typing import Any, Dict

import bpy

from plain_echo.service import Service, failure, main


class Forgetting(Service):
    def execute(self, code: str) -> Dict[str, Any]:
        try:
            exec(compile(code, "<request>", "exec"), {"bpy": bpy})
        except Exception as error:
            traceback.print_exc()
            return failure(error)
        return {"ok": True}


main(Forgetting)
