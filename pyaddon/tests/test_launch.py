"""launch.py and witness.py with a stand-in for Blender's addon_utils, in plain Python."""
import json
import os
import signal
import sys
import tempfile
import textwrap
import unittest

from context import FOLDER, Script

ADDON_UTILS = """
    import importlib, sys, traceback
    enabled = {}
    def paths(): return ["/some/addons"]
    def check(name): return name in enabled, name in enabled
    def enable(name, *, default_set=False, persistent=False, handle_error=None):
        if handle_error is None:
            def handle_error(_ex):
                traceback.print_exc()
        try:
            module = importlib.import_module(name)
            module.register()
        except Exception as error:
            handle_error(error)
            return None
        enabled[name] = module
        return module
    def disable(name):
        enabled.pop(name).unregister()
"""
GOOD = """
    import keepalive
    def register(): print("register", flush=True)
    def unregister(): print("unregister", flush=True)
    def start():
        print("start", flush=True)
        keepalive.main_loop().call_later(0.01, print, "served")
    def stop(): print("stop", flush=True)
    async def coroutine(): print("coroutine")
    def wait():
        keepalive.main_loop().call_later(3600, print)
        print("waiting", flush=True)
    steps = []
    def step():
        steps.append(1)
        print("step", len(steps), flush=True)
        if len(steps) == 3:
            keepalive.stop()
    def breaks(): raise ValueError("step is broken")
    def leave(): raise SystemExit("good: cannot start")
    def broken(): raise ValueError("start is broken")
    number = 3
    class Writer:
        def __init__(self):
            self.file, self.itself = open("written", "w"), self
            self.file.write("to the end")
    def write():
        global writer
        writer = Writer()
"""
BAD = """
    def register(): raise ValueError("register is broken")
    def unregister(): raise ValueError("unregister is broken")
"""


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for name, code in (("addon_utils", ADDON_UTILS), ("good", GOOD), ("bad", BAD)):
            with open(os.path.join(self.folder.name, name + ".py"), "w") as module:
                module.write(textwrap.dedent(code))

    def script(self, name, *arguments, **env):
        """Run pyaddon's NAME as Blender's --python would."""
        env["PYTHONPATH"] = self.folder.name
        return Script("""
            import runpy, sys
            sys.argv[1:] = %r
            runpy.run_path(%r, run_name="__main__")
        """ % (list(arguments), os.path.join(FOLDER, name)), env)


class LaunchTest(Case):
    def launch(self, arguments):
        return self.script("launch.py", "--background", "--", *arguments.split()).end()

    def test_start_serve_and_clean_up(self):
        ended = self.launch("--addon good --start good:start --cleanup good:stop")
        self.assertEqual((ended.code, ended.err), (0, ""), ended)
        self.assertEqual(ended.out, "register\nstart\nserved\nstop\n")

    def test_coroutine_to_start_with(self):
        ended = self.launch("--addon good --start good:coroutine")
        self.assertEqual((ended.code, ended.out), (0, "register\ncoroutine\n"), ended)

    def test_own_async_loop(self):
        ended = self.launch("--start good:start --async-loop keepalive --interval 0.001")
        self.assertEqual((ended.code, ended.out), (0, "start\nserved\n"), ended)

    def test_step_is_called_until_the_end(self):
        ended = self.launch("--addon good --step good:step --interval 0.001 --cleanup good:stop")
        self.assertEqual(ended.code, 0, ended)
        self.assertEqual(ended.out, "register\nstep 1\nstep 2\nstep 3\nstop\n")

    def test_step_that_raises_ends_the_service(self):
        ended = self.launch("--addon good --step good:breaks --cleanup good:stop")
        self.assertEqual((ended.code, ended.out), (1, "register\nstop\n"), ended)
        self.assertIn("ValueError: step is broken", ended.err)

    def test_signal(self):
        script = self.script("launch.py", "--", "--start", "good:wait", "--cleanup", "good:stop")
        self.assertEqual(script.line(), "waiting")
        script.signal(signal.SIGTERM)
        ended = script.end()
        self.assertEqual(ended.code, 0, ended)
        self.assertEqual(ended.out, "keepalive: SIGTERM, stopping\nstop\n")

    def test_file_that_was_never_closed_is_whole(self):
        written = os.path.join(self.folder.name, "written")
        with open(os.path.join(self.folder.name, "good.py"), "a") as module:
            module.write("import os; os.chdir(%r)\n" % self.folder.name)
        self.assertEqual(self.launch("--start good:write").code, 0)
        with open(written) as file:
            self.assertEqual(file.read(), "to the end")

    def test_what_cannot_be_started(self):
        for arguments, code, texts in (
                ("", 2, ["nothing to do", "--addon"]),
                ("--addon good --drive wheel", 2, ["wheel"]),
                ("--addon good --interval nan", 2, ["--interval"]),
                ("--addon good --unknown", 2, ["--unknown"]),
                ("--addon bad", 1, ["ValueError: register is broken", "'bad' could not be"]),
                ("--addon absent", 1, ["absent", "/some/addons"]),
                ("--start good", 1, ["--start 'good': expected MODULE:FUNCTION"]),
                ("--start absent:start", 1, ["--start: importing module 'absent' failed"]),
                ("--start good:absent", 1, ["has no 'absent'"]),
                ("--start good:number", 1, ["not callable"]),
                ("--start good:broken", 1, ["ValueError: start is broken", "good:broken raised"]),
                ("--start good:leave", 1, ["good: cannot start"]),
                ("--start good:start --cleanup good:absent", 1, ["--cleanup 'good:absent'"]),
                ("--start good:start --async-loop good", 1, ["no kick_async_loop"])):
            ended = self.launch(arguments)
            self.assertEqual(ended.code, code, "%s: %r" % (arguments, ended))
            for text in texts:
                self.assertIn(text, ended.err, arguments)

    def test_without_blender(self):
        os.remove(os.path.join(self.folder.name, "addon_utils.py"))
        ended = self.launch("--addon good")
        self.assertEqual(ended.code, 1)
        self.assertIn("needs Blender", ended.err)


class WitnessTest(Case):
    def events(self, code):
        """What the witness wrote, and the end of the script it watched."""
        path = os.path.join(self.folder.name, "witness.jsonl")
        script = Script("""
            import runpy
            runpy.run_path(%r)
        """ % os.path.join(FOLDER, "witness.py") + textwrap.indent(
            textwrap.dedent(code), " " * 12), {"PYTHONPATH": self.folder.name + os.pathsep + FOLDER,
                                               "BGCHECK_WITNESS": path})
        ended = script.end()
        if not os.path.exists(path):
            return [], ended
        with open(path) as lines:
            return [json.loads(line) for line in lines], ended

    def test_a_whole_life(self):
        events, ended = self.events("""
            import addon_utils
            print(addon_utils.enable("good", default_set=True).__name__)
            addon_utils.disable("good")
        """)
        self.assertEqual((ended.code, ended.err), (0, ""), ended)
        self.assertEqual(ended.out, "register\ngood\nunregister\n")
        expected = [("begin", None, None, None),
                    ("enable", "good", True, ""), ("unregister", "good", True, "")]
        if sys.version_info >= (3, 9):
            expected.append(("finalize", None, None, None))
        expected.append(("atexit", None, None, None))
        self.assertEqual([(event["event"], event.get("addon"), event.get("ok"),
                           event.get("traceback")) for event in events], expected)

    def test_a_script_that_calls_register_itself(self):
        os.environ["BGCHECK_ADDONS"] = "other,good,bad"
        self.addCleanup(os.environ.pop, "BGCHECK_ADDONS")
        events, ended = self.events("""
            import good
            from bad import register
            good.register()
            try:
                register()
            except ValueError as error:
                print(error)
            good.unregister()
            import addon_utils
            addon_utils.enable("good")
        """)
        self.assertEqual((ended.code, ended.err), (0, ""), ended)
        self.assertEqual([(event["event"], event["addon"], event["ok"], event.get("script"))
                          for event in events[1:5]],
                         [("enable", "good", True, True), ("enable", "bad", False, True),
                          ("unregister", "good", True, None), ("enable", "good", True, False)])
        self.assertIn("ValueError: register is broken", events[2]["traceback"])

    def test_failures_with_their_tracebacks(self):
        events, ended = self.events("""
            import addon_utils, bad
            print(addon_utils.enable("bad"), addon_utils.enable("absent"))
            print(addon_utils.enable("bad", handle_error=lambda error: print("mine", error)))
            bad.register = lambda: None
            addon_utils.enable("bad")
            try:
                addon_utils.disable("bad")
            except ValueError as error:
                print(error)
        """)
        self.assertEqual(ended.out, "None None\nmine register is broken\nNone\n"
                                    "unregister is broken\n")
        self.assertEqual(ended.err.count("ValueError: register is broken"), 1)
        failures = [(event["event"], event["addon"], event["ok"],
                     event["traceback"].strip().split("\n")[-1]) for event in events[1:6]]
        self.assertEqual(failures, [
            ("enable", "bad", False, "ValueError: register is broken"),
            ("enable", "absent", False, "ModuleNotFoundError: No module named 'absent'"),
            ("enable", "bad", False, "ValueError: register is broken"),
            ("enable", "bad", True, ""),
            ("unregister", "bad", False, "ValueError: unregister is broken")])

    def test_without_the_variable_nothing_is_wrapped(self):
        path = os.path.join(FOLDER, "witness.py")
        ended = Script("""
            import addon_utils, runpy
            before = addon_utils.enable
            runpy.run_path(%r)
            print(addon_utils.enable is before)
        """ % path, {"PYTHONPATH": self.folder.name, "BGCHECK_WITNESS": ""}).end()
        self.assertEqual((ended.code, ended.out, ended.err), (0, "True\n", ""))


if __name__ == "__main__":
    unittest.main()
