"""hosted: output, files, threads, sockets and processes, in plain Python."""
import json
import sys
import types
import unittest

from context import module, run

inventory = module("hosted.inventory")


class MoreTest(unittest.TestCase):
    def test_counted(self):
        a, b = ("handler", "a", ""), ("handler", "b", "")
        self.assertEqual(inventory.more([a, b, a], [a]), [b, a])
        self.assertEqual(inventory.more([a], [a, a, b]), [])

    def test_classes_of_other_add_ons(self):
        sys.modules["other_addon"] = types.SimpleNamespace(bl_info={})
        self.addCleanup(sys.modules.pop, "other_addon")
        for name, others in (("other_addon.A", True), ("my.A", False), ("json.A", False)):
            self.assertEqual(inventory.of_others(("class", name, ""), "my"), others)
        self.assertFalse(inventory.of_others(("class", "other_addon.A", ""), "other_addon"))
        self.assertFalse(inventory.of_others(("handler", "other_addon.a", ""), "my"))

    def test_without_what_is_the_add_ons(self):
        own, other = ("handler", "a", __file__ + ":3"), ("handler", "b", "/x.py:3")
        self.assertEqual(inventory.without_own([own, other], "my", __file__), [other])
        self.assertEqual(inventory.without_own([own, other], "my", ""), [own, other])


class CaptureTest(unittest.TestCase):
    def test_what_anyone_writes_and_where_it_goes_after(self):
        ended = run("""
            import os, sys
            from hosted import capture
            print("before")
            with capture.Capture() as output:
                print("python")
                print("error", file=sys.stderr)
                os.write(1, b"raw\\n")
                os.system("echo child")
                first = output.read()
                print("later")
                second = output.read()
            print(sorted(first.split()), second.split())
        """)
        self.assertEqual(ended.code, 0, ended)
        lines = ended.out.split()
        self.assertEqual(lines[0], "before")
        self.assertEqual(sorted(lines[1:6]), ["child", "error", "later", "python", "raw"])
        self.assertEqual(ended.out.split("\n")[-2], "['child', 'error', 'python', 'raw'] ['later']")

    def test_an_exception_puts_the_output_back(self):
        ended = run("""
            from hosted import capture
            try:
                with capture.Capture():
                    print("inside")
                    raise KeyError
            except KeyError:
                print("after")
        """)
        self.assertEqual(ended.out.split(), ["inside", "after"], ended)


class LivingTest(unittest.TestCase):
    def test_threads_sockets_and_processes_of_this_process(self):
        ended = run("""
            import json, _thread, os, socket, subprocess, sys, tempfile, threading
            from hosted import inventory
            looks = (inventory.threads, inventory.sockets, inventory.processes)
            base = inventory.look(looks)
            stop = threading.Event()
            thread = threading.Thread(target=stop.wait, daemon=True)
            thread.start()
            started = threading.Event()
            _thread.start_new_thread(lambda: (started.set(), stop.wait()), ())
            started.wait()
            server = socket.socket()
            server.bind(("127.0.0.1", 0))
            server.listen()
            client = socket.create_connection(server.getsockname())  # does not listen
            unix = socket.socket(socket.AF_UNIX)
            unix.bind(os.path.join(tempfile.mkdtemp(), "my.sock"))
            unix.listen()
            child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
            found = inventory.more(inventory.look(looks), base)
            port = server.getsockname()[1]
            print(json.dumps([thing[:2] for thing in found]), port)
            child.communicate(b"x")
            stop.set(); thread.join(); server.close(); unix.close(); client.close()
            print(json.dumps([thing for thing in inventory.more(inventory.look(looks), base)
                              if thing[0] != "thread"]))
        """)
        self.assertEqual(ended.code, 0, ended)
        first, second = ended.out.strip().split("\n")
        found, port = first.rsplit(" ", 1)
        found = json.loads(found)
        self.assertEqual(sorted(kind for kind, _name in found),
                         ["process", "socket", "socket", "thread", "thread"], ended)
        names = " ".join(name for _kind, name in found)
        for name in ("tcp port " + port, "my.sock", "Event.wait", "a thread of _thread", "input()"):
            self.assertIn(name, names)
        self.assertEqual(json.loads(second), [])


class ResultTest(unittest.TestCase):
    def test_each_step_is_on_the_file_before_it_is_taken(self):
        ended = run("""
            import json, os, sys, tempfile, types
            sys.modules["bpy"] = types.SimpleNamespace(
                app=types.SimpleNamespace(version_string="3.4.1"))
            from hosted import result
            os.chdir(tempfile.mkdtemp())
            out = result.Result("x.json", "my")
            os.mkdir("elsewhere"); os.chdir("elsewhere")
            out.data["steps"] = [{1, 2}]
            out.step("render")
            print(json.load(open("../x.json"))["at"], os.listdir(".."))
            out.end()
            print(json.load(open("../x.json"))["at"])
        """)
        self.assertEqual(ended.code, 0, ended)
        self.assertIn("render", ended.out)
        self.assertTrue(ended.out.endswith("end\n"), ended)
        self.assertNotIn(".part", ended.out)

    def test_what_the_script_itself_raises_is_told(self):
        ended = run("""
            import json, os, sys, tempfile, types
            sys.modules["bpy"] = types.SimpleNamespace(
                app=types.SimpleNamespace(version_string="3.4.1"))
            from hosted import result
            os.chdir(tempfile.mkdtemp())
            def main(arguments):
                result.Result("x.json", "my").step("render")
                raise KeyError(arguments)
            try:
                result.run(main)
            except KeyError:
                print(json.load(open("x.json"))["broken"].split()[-1])
        """)
        self.assertEqual((ended.code, ended.out), (0, "[]\n"), ended)


if __name__ == "__main__":
    unittest.main()
