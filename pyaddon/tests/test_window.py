"""tcp_echo and launch.py where Blender has a window, played by a stand-in for bpy."""
import json
import os
import signal
import unittest

from context import FOLDER
from test_service import Service

BPY = """
    import sys, time, types
    bpy = types.ModuleType("bpy")
    due = {}
    calls = []
    def register(function, first_interval=0, persistent=False):
        due[function] = time.monotonic() + first_interval
    def quit_blender():
        calls.append("quit_blender")
        return {"FINISHED"}
    bpy.app = types.SimpleNamespace(background=False, timers=types.SimpleNamespace(
        register=register, unregister=due.pop, is_registered=due.__contains__))
    bpy.types = types.SimpleNamespace(Operator=object)
    bpy.utils = types.SimpleNamespace(register_class=lambda kind: calls.append(kind.bl_idname))
    bpy.data = types.SimpleNamespace(scenes=[types.SimpleNamespace()])
    bpy.ops = types.SimpleNamespace(wm=types.SimpleNamespace(quit_blender=quit_blender))
    sys.modules["bpy"] = bpy

    def window():
        while "quit_blender" not in calls:
            for function in [f for f, at in list(due.items()) if at <= time.monotonic()]:
                again = function()
                if again is None:
                    due.pop(function, None)
                else:
                    due[function] = time.monotonic() + again
            time.sleep(0.001)
"""


class WindowTest(unittest.TestCase):
    def served(self, code):
        service = Service(BPY + code)
        self.assertEqual(service.ask({"message": "hi"}), {"ok": True, "message": "hi"})
        reply = service.ask({"code": "import threading\n"
                                     "threading.current_thread() is threading.main_thread()"})
        self.assertEqual(reply, {"ok": True, "result": True, "output": ""})
        running = "bpy.data.scenes[0].tcp_echo_server_running"
        with service.connect() as connection, connection.makefile("rb") as replies:
            for request in ({"code": "1/0", "id": 1}, {"code": running, "id": 2}, {"message": 3}):
                connection.sendall(json.dumps(request).encode() + b"\n")
            answers = [json.loads(replies.readline().decode()) for _ in range(3)]
        self.assertEqual(answers[0]["error"]["type"], "ZeroDivisionError")
        self.assertEqual(answers[1], {"ok": True, "result": True, "output": "", "id": 2})
        self.assertEqual(answers[2], {"ok": True, "message": 3})
        return service

    def test_the_add_on_drives_its_loop_by_a_timer(self):
        service = self.served("""
    import tcp_echo
    tcp_echo.start_server_from_script()
    window()
    print(calls, bpy.data.scenes[0].tcp_echo_server_running)
        """)
        self.assertTrue(service.ask({"code": "quit_blender"})["quit"])
        ended = service.end()
        self.assertEqual((ended.code, ended.out), (0, "['asyncio.loop', 'quit_blender'] False\n"))

    def test_the_launcher_returns_and_a_signal_ends_it(self):
        service = self.served("""
    import runpy
    sys.argv[1:] = ["--", "--start", "tcp_echo:start_server_from_script",
                    "--cleanup", "tcp_echo:cleanup_server"]
    try:
        runpy.run_path(%r, run_name="__main__")
    except SystemExit as end:
        print("launcher ended", end.code)
    window()
        """ % os.path.join(FOLDER, "launch.py"))
        service.signal(signal.SIGTERM)
        ended = service.end()
        self.assertEqual((ended.code, ended.out, ended.err), (0, "", ""), ended)

    def test_a_wrong_setting_does_not_end_the_window(self):
        service = Service(BPY + """
    import os, tcp_echo
    os.environ["BLENDER_HTTP_ECHO_PORT"] = "no"
    try:
        tcp_echo.start_server_from_script()
    except RuntimeError as error:
        print("refused", error, file=sys.stderr)
    os.environ["BLENDER_HTTP_ECHO_PORT"] = "0"
    tcp_echo.start_server_from_script()
    window()
        """)
        service.ask({"code": "quit_blender"})
        self.assertIn("refused tcp_echo: BLENDER_HTTP_ECHO_PORT='no'", service.end().err)


if __name__ == "__main__":
    unittest.main()
