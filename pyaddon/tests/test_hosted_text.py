"""hosted: what is read from texts and code, in plain Python."""
import os
import tempfile
import types
import unittest

from context import module

tracebacks, source, polls = (module("hosted." + name) for name in ("tracebacks", "source", "polls"))

ONE = """\
Exception in module register(): /a/b.py
Traceback (most recent call last):
  File "/a/my/__init__.py", line 3, in tick
    broken()
    ^^^^^^^^
  File "/b/lib.py", line 7, in broken
    raise KeyError("x")
KeyError: 'x'
Info: Saved "x.blend"
"""


class TracebacksTest(unittest.TestCase):
    def test_one_between_other_lines(self):
        found, = tracebacks.find(ONE)
        self.assertEqual(found["error"], "KeyError: 'x'")
        self.assertEqual(found["files"], [["/a/my/__init__.py", 3], ["/b/lib.py", 7]])
        self.assertTrue(found["text"].startswith("Traceback"), found)
        self.assertTrue(found["text"].endswith("'x'"), found)

    def test_two_and_one_cut_off(self):
        found = tracebacks.find(ONE + ONE + "Traceback (most recent call last):\n  File")
        self.assertEqual([one["error"] for one in found], ["KeyError: 'x'"] * 2 + [""])

    def test_real_ones_that_are_chained(self):
        for last in ("raise ValueError('b')", "raise ValueError('b') from error"):
            import traceback
            try:
                exec("try:\n    {}['a']\nexcept KeyError as error:\n    " + last)
            except ValueError:
                text = traceback.format_exc()
            found = tracebacks.find("before\n" + text + "after")
            self.assertEqual([one["error"] for one in found], ["ValueError: b"], text)
            self.assertIn("KeyError: 'a'", found[0]["text"])

    def test_a_syntax_error(self):
        import traceback
        try:
            compile("a b", "/a/my/x.py", "exec")
        except SyntaxError:
            found, = tracebacks.find(traceback.format_exc())
        self.assertIn("SyntaxError", found["error"])
        self.assertIn(["/a/my/x.py", 1], found["files"])

    def test_as_an_operator_prints_it(self):
        text = "Error: Python: " + ONE[ONE.index("Trace"):] + "location: <unknown location>:-1\n"
        self.assertEqual([one["error"] for one in tracebacks.find(text)], ["KeyError: 'x'"])

    def test_an_operator_that_failed_in_a_handler(self):
        inner = ONE[ONE.index("Trace"):].replace("Info", "Location")
        text = 'Traceback (most recent call last):\n  File "/a/x.py", line 1, in handler\n' \
               "    bpy.ops.my.thing()\nRuntimeError: Error: Python: " + inner
        found, = tracebacks.find(text)
        self.assertEqual(found["error"], "KeyError: 'x'")
        self.assertEqual([file for file, _line in found["files"]],
                         ["/a/x.py", "/a/my/__init__.py", "/b/lib.py"])

    def test_which_files_are_the_add_ons(self):
        found, = tracebacks.find(ONE)
        self.assertEqual(tracebacks.through(found, "/a/my"), [["/a/my/__init__.py", 3]])
        self.assertEqual(tracebacks.through(found, "/b/lib.py"), [["/b/lib.py", 7]])
        self.assertEqual(tracebacks.through(found, "/a/m"), [])

    def test_the_same_fault_with_another_path_in_its_message(self):
        first, = tracebacks.find(ONE)
        other, = tracebacks.find(ONE.replace("'x'", "'/tmp/y'"))
        elsewhere, = tracebacks.find(ONE.replace("line 7", "line 8"))
        self.assertEqual(tracebacks.signature(first), tracebacks.signature(other))
        self.assertNotEqual(tracebacks.signature(first), tracebacks.signature(elsewhere))


class DescribeTest(unittest.TestCase):
    def test_messages_of_more_than_a_line(self):
        describe = module("hosted.switch").describe
        self.assertEqual(describe(ValueError("first\nsecond")), "ValueError: first")
        self.assertEqual(describe(ValueError("\n\n  Install it.\nSo:")), "ValueError: Install it.")
        self.assertEqual(describe(RuntimeError("Error: Python: " + ONE[ONE.index("Trace"):])),
                         "KeyError: 'x'")
        self.assertEqual(describe(None), "")


class SourceTest(unittest.TestCase):
    def test_own_modules(self):
        self.assertTrue(source.is_own("my", "my.sub"))
        self.assertFalse(source.is_own("my", "my_other"))
        self.assertFalse(source.is_own("my", None))

    def test_the_line_that_matches(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "sub"))
            path = os.path.join(folder, "sub", "x.py")
            with open(path, "w") as file:
                file.write("import bpy\nbpy.types.Object.mine = 3\n")
            self.assertEqual(source.find(folder, r"\bObject\.mine\b"), (path, 2))
            self.assertEqual(source.find(path, r"\bObject\.mine\b"), (path, 2))
            self.assertIsNone(source.find(folder, "absent"))

    def test_places(self):
        import functools

        def function():
            pass
        line = function.__code__.co_firstlineno
        for thing in (function, functools.partial(function), types.MethodType(function, self)):
            self.assertEqual(source.place_of(thing), "%s:%d" % (__file__, line))
        self.assertTrue(source.place_of(SourceTest).startswith(__file__ + ":"))
        self.assertEqual(source.place_of(len), "")


class PollsTest(unittest.TestCase):
    context = types.SimpleNamespace(area=None, mode="OBJECT", object=types.SimpleNamespace(type=1))

    def ask(self, poll):
        bpy = types.SimpleNamespace(context=self.context)
        found = polls.ask(types.SimpleNamespace(poll=lambda context: poll(context, bpy)), bpy)
        self.assertIs(bpy.context, self.context)
        return found

    def test_what_is_not_there(self):
        found = self.ask(lambda context, _bpy: context.object and context.area is not None)
        self.assertIs(found["answer"], False)
        self.assertEqual(polls.wants(found["asked"]), ["context.area"])

    def test_what_is_missing_altogether(self):
        found = self.ask(lambda context, _bpy: context.selected_nodes)
        self.assertIn("AttributeError", found["error"])
        self.assertEqual(polls.wants(found["asked"]), ["context.selected_nodes"])

    def test_what_is_asked_of_bpy(self):
        found = self.ask(lambda _context, bpy: bpy.context.area)
        self.assertEqual(polls.wants(found["asked"]), ["context.area"])

    def test_another_value(self):
        found = self.ask(lambda context, _bpy: context.mode == "POSE")
        self.assertEqual(polls.wants(found["asked"]),
                         ["another value of context.mode (seen: 'OBJECT')"])

    def test_names_asked_of_the_context_only(self):
        def execute(self, context):
            face = self.face
            return face.area, context.area.tag_redraw(), [context.region for _ in (1, 2)], \
                getattr(face, "space_data")

        def of_bpy(self, _context):
            import bpy
            return bpy.context.space_data
        self.assertEqual(polls.names_in(execute), ["area", "region"])
        self.assertEqual(polls.names_in(of_bpy), ["space_data"])
        self.assertEqual(polls.names_in(None), [])


if __name__ == "__main__":
    unittest.main()
