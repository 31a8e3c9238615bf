"""hosted in a real Blender, on small add-ons: BGCHECK_BLENDER, or the one in PATH.

Skipped where there is none, unless BGCHECK_REQUIRE_BLENDER is set.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import hosted_addons
from context import FOLDER

BLENDER = os.environ.get("BGCHECK_BLENDER") or shutil.which("blender")
LONG = 120  # seconds; a safety net, never what is measured


def setUpModule():
    if not BLENDER:
        if os.environ.get("BGCHECK_REQUIRE_BLENDER"):
            raise AssertionError("no Blender: set BGCHECK_BLENDER, or put one in PATH")
        raise unittest.SkipTest("no Blender")


class HostedTest(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="bgcheck-test-")
        self.addCleanup(shutil.rmtree, self.home)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("BLENDER_", "PYTHON"))}
        # Debian's Blender takes its Python from PATH.
        self.environment.update(HOME=self.home, TMPDIR=self.home,
                                PATH="/usr/bin:/bin:" + os.environ.get("PATH", ""))
        for name in ("CONFIG", "SCRIPTS", "DATAFILES", "EXTENSIONS"):
            self.environment["BLENDER_USER_" + name] = os.path.join(self.home, name)
            os.mkdir(os.path.join(self.home, name))
        self.addons = os.path.join(self.home, "SCRIPTS", "addons")
        os.mkdir(self.addons)

    def run_script(self, script, *arguments, **files):
        """Install the add-ons (name=source), run a script and give its result."""
        for name, source in files.items():
            with open(os.path.join(self.addons, name + ".py"), "w") as file:
                file.write(source)
        path = os.path.join(self.home, "result.json")
        addon = list(files)[:1]
        self.ended = subprocess.run(
            [BLENDER, "-b", "--factory-startup", "--python",
             os.path.join(FOLDER, "hosted", script), "--"] + addon + [path] + list(arguments),
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=LONG)
        self.assertEqual(self.ended.returncode, 0, self.ended.stdout.decode())
        self.assertTrue(os.path.exists(path), self.ended.stdout.decode())
        with open(path) as file:
            found = json.load(file)
        self.assertEqual((found["at"], found.get("broken")), ("end", None))
        return found

    def place(self, name, text):
        """Where this text stands in the add-on."""
        path = os.path.join(self.addons, name + ".py")
        with open(path) as file:
            for number, line in enumerate(file, 1):
                if text in line:
                    return "%s:%d" % (path, number)


class EnableTest(HostedTest):
    def enable(self, addon, *arguments, **more):
        return self.run_script("enable.py", *arguments, my=addon, **more)["steps"]

    def test_a_right_one_both_ways(self):
        for arguments in ((), ("--plain",)):
            steps = self.enable(hosted_addons.CLEAN, *arguments)
            self.assertEqual([(step["step"], step["ok"]) for step in steps],
                             [("enable", True), ("disable", True)], steps)

    def test_one_that_reads_its_preferences(self):
        self.assertTrue(self.enable(hosted_addons.ENTRY)[0]["ok"])
        step, = self.enable(hosted_addons.ENTRY, "--plain")
        self.assertFalse(step["ok"])
        self.assertIn("KeyError", step["error"])
        self.assertEqual(step["requires"], [{"kind": "entry", "name": "my"}])
        self.assertEqual(step["files"][-1][0], os.path.join(self.addons, "my.py"))

    def test_a_module_and_an_add_on_that_are_not_there(self):
        step, = self.enable(hosted_addons.NEEDS_MODULE)
        self.assertEqual(step["requires"], [{"kind": "module", "name": "no_such_module"}])
        self.assertIn("RuntimeError: install it first", step["error"])
        step, = self.enable(hosted_addons.NEEDS_ADDON)
        self.assertEqual(step["requires"], [{"kind": "add-on", "name": "no_such_addon"}])

    def test_an_add_on_that_imports_another_which_needs_a_module(self):
        step, = self.enable("import other\n" + hosted_addons.HEAD, other=hosted_addons.NEEDS_MODULE)
        self.assertEqual(step["requires"], [{"kind": "module", "name": "no_such_module"}])

    def test_it_leaves_by_system_exit(self):
        step, = self.enable(hosted_addons.EXITS)
        self.assertEqual((step["ok"], step["error"]), (False, "SystemExit: no licence"))

    def test_a_syntax_error(self):
        step, = self.enable("def register(:\n")
        self.assertIn("SyntaxError", step["error"])
        self.assertEqual(step["files"][-1], [os.path.join(self.addons, "my.py"), 1])

    def test_what_it_prints_and_what_disable_raises(self):
        enable, disable = self.enable(hosted_addons.SWALLOWS)
        self.assertTrue(enable["ok"])
        self.assertIn("NameError", enable["printed"][0])
        self.assertEqual((disable["ok"], disable["error"]), (False, "ValueError: cannot go"))

    def test_no_such_add_on_and_no_register(self):
        step, = self.run_script("enable.py", **{"my": "x = 1\n"})["steps"]
        self.assertFalse(step["ok"])
        self.assertRegex(step["error"], "bl_info|register")  # 5.2 needs no bl_info


class CycleTest(HostedTest):
    def test_one_that_leaves_nothing(self):
        found = self.run_script("cycle.py", my=hosted_addons.CLEAN)
        self.assertEqual(found["left"], {"running": [], "lying": []})
        self.assertEqual([step["ok"] for step in found["steps"]], [True] * 4, found)
        self.assertIn("my.late", [thing["name"] for thing in found["gone"]])
        self.assertEqual((found["at"], found["factory"]), ("end", False))

    def test_one_that_leaves_all_there_is(self):
        # Its class is still there at the second register(), which would raise.
        register = "bpy.utils.register_class(LEAVES_OT_run)"
        addon = hosted_addons.LEAVES.replace(
            register, "hasattr(bpy.types, 'LEAVES_OT_run') or " + register)
        addon += "    child.kill() if turns else turns.append(1)\nturns = []\n"
        found = self.run_script("cycle.py", my=addon)
        self.assertEqual([step["ok"] for step in found["steps"]], [True] * 4, found["steps"])
        kinds = {thing["kind"]: thing for thing in found["left"]["running"]}
        self.assertEqual(sorted(kinds), ["draw handler", "handler", "modal operator", "process",
                                         "socket", "subscription", "thread", "timer"])
        self.assertEqual(kinds["handler"]["place"],
                         self.place("my", "@bpy.app.handlers.persistent"))
        self.assertEqual(kinds["handler"]["times"], 2)
        self.assertEqual(kinds["timer"]["name"], "my.tick")
        self.assertEqual(kinds["thread"]["place"], self.place("my", "def late"))
        lying = {thing["name"]: thing for thing in found["left"]["lying"]}
        self.assertEqual(sorted(lying), ["Scene.leaves_list", "Scene.leaves_number",
                                         "my.LEAVES_OT_run"], lying)
        self.assertEqual(lying["Scene.leaves_number"]["place"],
                         self.place("my", "Scene.leaves_number"))

    def test_one_that_cannot_be_enabled_again(self):
        found = self.run_script("cycle.py", my=hosted_addons.HEAD + """
class MY_OT_x(bpy.types.Operator):
    bl_idname, bl_label = "my.x", "x"
made = []
def register():
    if made:
        raise ValueError("twice")
    made.append(1)
def unregister(): pass
""")
        self.assertEqual([step["ok"] for step in found["steps"]], [True, True, False])
        self.assertIn("left", found)

    def test_one_that_the_factory_enables(self):
        listed = subprocess.run(
            [BLENDER, "-b", "--factory-startup", "--python-expr",
             "import bpy; print('ENABLED', [a.module for a in bpy.context.preferences.addons])"],
            env=self.environment, stdout=subprocess.PIPE, timeout=LONG).stdout.decode()
        if "'io_scene_fbx'" not in listed:
            self.skipTest("this Blender does not enable io_scene_fbx")
        self.result = os.path.join(self.home, "r.json")
        subprocess.run([BLENDER, "-b", "--factory-startup", "--python",
                        os.path.join(FOLDER, "hosted", "cycle.py"), "--", "io_scene_fbx",
                        self.result], env=self.environment, stdout=subprocess.PIPE, timeout=LONG)
        with open(self.result) as file:
            found = json.load(file)
        self.assertTrue(found["factory"])
        self.assertEqual(found["left"], {"running": [], "lying": []})


class WorkoutTest(HostedTest):
    def test_without_an_add_on_nothing_is_wrong(self):
        found = self.run_script("workout.py")
        self.assertTrue(found["whole"])
        # Blender's own scripts may print some: Debian's 5.2 wants requests.
        self.assertEqual([step["step"] for step in found["steps"] if not step["ok"]], [])
        self.assertGreater(len(found["steps"]), 10)
        measure = os.path.join(self.home, "measure.json")
        os.rename(os.path.join(self.home, "result.json"), measure)
        found = self.run_script("workout.py", "--without", measure, my=hosted_addons.CLEAN)
        self.assertTrue(found["whole"], found)
        self.assertEqual([step["tracebacks"] for step in found["steps"] if step["tracebacks"]], [])

    def test_each_traceback_belongs_to_its_step(self):
        found = self.run_script("workout.py", my=hosted_addons.HANDLERS)
        errors = {step["step"]: {one["error"] for one in step["tracebacks"]}
                  for step in found["steps"]}
        for step, name in (("new file", "load_post"), ("dependency graph", "depsgraph_update_post"),
                           ("frames", "frame_change_post"), ("undo", "undo_post"),
                           ("save", "save_pre"), ("open", "load_post"), ("render", "render_pre"),
                           ("new file", "tick")):
            self.assertIn("ValueError: " + name, errors[step], errors)
        self.assertNotIn("ValueError: tick", errors["objects"])
        for step in found["steps"]:
            for one in step["tracebacks"] if step["step"] != "factory settings" else ():
                self.assertEqual({file for file, _line in one["own"]},
                                 {os.path.join(self.addons, "my.py")}, one)

    def test_an_object_that_goes_on_load(self):
        found = self.run_script("workout.py", my=hosted_addons.HANDLERS)
        self.assertFalse(found["whole"])
        faults = {step["step"]: step["faults"] for step in found["steps"]}
        self.assertEqual(faults["save"], [])
        self.assertEqual(faults["open"], ["object 'bgcheck curve' is gone"])


class OperatorsTest(HostedTest):
    def test_which_can_and_what_the_others_want(self):
        found = self.run_script("operators.py", my=hosted_addons.OPERATORS)
        told = {one["idname"]: one for one in found["operators"]}
        self.assertEqual({name: one["can"] for name, one in told.items()}, {
            "thing.add": True, "thing.write": True, "thing.area": False, "thing.pose": True,
            "thing.raises": False, "thing.draws": False, "thing.cancels": True,
            "thing.broken": True})
        self.assertEqual(told["thing.area"]["wants"], ["context.area"])
        self.assertEqual(told["thing.raises"]["wants"], ["context.area"])
        self.assertIn("AttributeError", told["thing.raises"]["error"])
        self.assertEqual(told["thing.pose"]["in"], ["an armature, pose mode"])
        self.assertIn("no execute()", told["thing.draws"]["wants"][0])
        self.assertEqual(told["thing.broken"]["reads"], ["area"])

    def test_those_asked_for_are_run(self):
        path, plan = (os.path.join(self.home, name) for name in ("made.txt", "plan.json"))
        wanted = [
            {"idname": "thing.add", "effect": {"object": "Made"}},
            {"idname": "thing.add", "args": {"name": "Other"}, "effect": {"object": "Made"}},
            {"idname": "thing.add", "effect": {"true": "len(bpy.data.objects) == 4"}},
            {"idname": "thing.write", "args": {"path": path}, "effect": {"file": path}},
            {"idname": "thing.pose", "in": "an armature, pose mode"},
            {"idname": "thing.pose"}, {"idname": "thing.cancels"}, {"idname": "thing.broken"},
            {"idname": "thing.unknown"},
            {"idname": "thing.add", "before": "bpy.data.objects.new('Made', None)",
             "effect": {"object": "Made"}}]
        with open(plan, "w") as file:
            json.dump(wanted, file)
        found = self.run_script("operators.py", "--run", plan, my=hosted_addons.OPERATORS)["runs"]
        self.assertEqual([one["ok"] for one in found],
                         [True, False, True, True, True] + [False] * 5, found)
        self.assertEqual(found[1]["missing"], "no new object 'Made' (new: Other)")
        self.assertIn("poll()", found[5]["error"])
        self.assertEqual(found[6]["returned"], ["CANCELLED"])
        self.assertIn("AttributeError", found[7]["error"])
        self.assertIn("my.py", found[7]["error"] + found[7]["traceback"])
        self.assertIn("could not be found", found[8]["error"])


if __name__ == "__main__":
    if sys.version_info < (3, 7):
        sys.exit("Python 3.7 or later")
    unittest.main()
