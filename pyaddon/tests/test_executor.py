"""tcp_echo.executor and settings: what a client's code can and cannot do."""
import sys
import unittest

from context import module

Executor = module("tcp_echo.executor").Executor
asks_to_quit = module("tcp_echo.executor").asks_to_quit
SettingError = module("tcp_echo.settings").SettingError
Settings = module("tcp_echo.settings").Settings


class ExecutorTest(unittest.TestCase):
    def setUp(self):
        self.executor = Executor(lambda: {"__name__": "code", "six": 6})

    def test_result_of_a_last_expression(self):
        for code, result in (("six * 7", 42), ("x = 1", None), ("x = 1\nx + 1", 2), ("", None),
                             ("[1, {'a': None}]", [1, {"a": None}]), ("{1: 2}", {"1": 2}),
                             ("print", repr(print)), ("float('inf')", "inf"), ("(1, 2)", [1, 2]),
                             ("def f(): return six\nf()", 6), ("'text'", "text"),
                             ("# nothing", None)):
            reply = self.executor.run(code)
            self.assertEqual(reply, {"ok": True, "result": result, "output": ""}, code)

    def test_a_value_without_repr(self):
        reply = self.executor.run("class A:\n def __repr__(self): 1/0\nA()")
        self.assertEqual(reply["error"]["type"], "ZeroDivisionError")

    def test_output(self):
        reply = self.executor.run("import sys\nprint('out')\nprint('err', file=sys.stderr)\n"
                                  "sys.stdout.buffer.write(b'\\xff')\nprint('\\ud800', end='')")
        self.assertEqual(reply["ok"], True, reply)
        self.assertTrue(reply["output"].startswith("out\nerr\n\ufffd"), reply)
        reply = self.executor.run("print('before')\n1/0")
        self.assertEqual((reply["ok"], reply["output"]), (False, "before\n"))
        reply = self.executor.run("import sys\nsys.stdout.close()")
        self.assertEqual(reply["ok"], True)

    def test_streams_are_put_back(self):
        before = sys.stdout, sys.stderr
        for code in ("import sys; sys.stdout = None", "1/0", "x ="):
            self.executor.run(code)
            self.assertEqual((sys.stdout, sys.stderr), before)

    def test_nothing_gets_out(self):
        for code, kind in (("1/0", "ZeroDivisionError"), ("raise SystemExit(3)", "SystemExit"),
                           ("import sys; sys.exit()", "SystemExit"), ("x =", "SyntaxError"),
                           ("raise KeyboardInterrupt", "KeyboardInterrupt"),
                           ("raise GeneratorExit", "GeneratorExit"),
                           ("def f(): f()\nf()", "RecursionError"),
                           ("exit(2)", "SystemExit"), ("  x = 1", "IndentationError")):
            reply = self.executor.run(code)
            self.assertEqual((reply["ok"], reply["error"]["type"]), (False, kind), reply)
        self.assertEqual(self.executor.run("'\\0'")["result"], "\0")
        self.assertFalse(self.executor.run("\0")["ok"])
        self.assertFalse(self.executor.run("(" * 5000)["ok"])

    def test_traceback_shows_the_clients_lines_and_not_ours(self):
        error = self.executor.run("def f():\n    return 1/0\nf()")["error"]
        self.assertEqual(error["message"], "division by zero")
        for text in ('File "<exec>", line 3', 'File "<exec>", line 2', "return 1/0"):
            self.assertIn(text, error["traceback"])
        self.assertNotIn("executor.py", error["traceback"])
        error = self.executor.run("x =\n")["error"]
        self.assertIn('File "<exec>", line 1', error["traceback"])
        self.assertNotIn("ast.py", error["traceback"])

    def test_an_exception_that_cannot_be_printed(self):
        error = self.executor.run("class E(Exception):\n def __str__(self): 1/0\nraise E")["error"]
        self.assertEqual(error["type"], "E")

    def test_globals_are_fresh(self):
        self.executor.run("leftover = 1")
        self.assertEqual(self.executor.run("leftover")["error"]["type"], "NameError")

    def test_no_future_of_ours(self):
        self.assertEqual(self.executor.run("__name__")["result"], "code")


class QuitTest(unittest.TestCase):
    def test_names_only(self):
        for code in ("quit_blender", "quit_blender()", "bpy.ops.wm.quit_blender()",
                     "x = 1\nquit_blender", "quit_blender(", "'''quit_blender"):
            self.assertTrue(asks_to_quit(code), code)
        for code in ("", "print('quit_blender')", "# quit_blender", "quit_blender_later()", "1"):
            self.assertFalse(asks_to_quit(code), code)


class SettingsTest(unittest.TestCase):
    def test_defaults(self):
        settings = Settings({})
        self.assertEqual((settings.port, settings.host, settings.token),
                         (23333, "127.0.0.1", None))
        self.assertTrue(settings.is_loopback())

    def test_given(self):
        settings = Settings({"BLENDER_HTTP_ECHO_PORT": " 0 ", "BLENDER_HTTP_ECHO_HOST": "0.0.0.0",
                             "BLENDER_HTTP_ECHO_TOKEN": "s\u00e9", "OTHER": "x"})
        self.assertEqual((settings.port, settings.host), (0, "0.0.0.0"))
        self.assertEqual(settings.token, "s\u00e9".encode("utf-8"))
        self.assertFalse(settings.is_loopback())

    def test_refused_with_variable_value_and_remedy(self):
        for name, value in (("PORT", "abc"), ("PORT", "70000"), ("PORT", "-1"), ("PORT", ""),
                            ("PORT", "1.5"), ("PORT", "\u0661"), ("PORT", "1_0"),
                            ("PORT", "9" * 5000), ("HOST", ""), ("TOKEN", ""), ("MAX_MESSAGE", "0"),
                            ("MAX_CONNECTIONS", "no"), ("REQUEST_SECONDS", "0")):
            with self.assertRaises(SettingError) as caught:
                Settings({"BLENDER_HTTP_ECHO_" + name: value})
            text = str(caught.exception)
            self.assertIn("BLENDER_HTTP_ECHO_%s=%r" % (name, value), text)
            self.assertIn(": set ", text)
            self.assertNotIn("\n", text)


if __name__ == "__main__":
    unittest.main()
