"""The source itself: Python 3.7's syntax, no bpy at import, no second loop."""
import ast
import glob
import os
import sys
import unittest

from context import FOLDER, run

FILES = sorted(glob.glob(os.path.join(FOLDER, "*.py"))
               + glob.glob(os.path.join(FOLDER, "tcp_echo", "*.py")))


class SourceTest(unittest.TestCase):
    def test_there_is_source(self):
        names = [os.path.basename(path) for path in FILES]
        for name in ("keepalive.py", "launch.py", "witness.py", "async_loop.py"):
            self.assertIn(name, names)

    @unittest.skipIf(sys.version_info < (3, 8), "ast.parse has no feature_version")
    def test_syntax_of_python_3_7(self):
        for path in FILES:
            with open(path, encoding="utf-8") as source:
                ast.parse(source.read(), path, feature_version=(3, 7))

    def test_ascii_only_and_short(self):
        for path in FILES:
            with open(path, encoding="ascii") as source:
                lines = source.read().split("\n")
            self.assertLessEqual(len(lines), 401, path)
            self.assertLessEqual(max(map(len, lines)), 100, path)

    def test_keepalive_works_copied_alone(self):
        with open(os.path.join(FOLDER, "keepalive.py"), encoding="utf-8") as source:
            code = source.read()
        ended = run("exec(%r)\nrun()" % code, {"PYTHONPATH": ""})
        self.assertEqual(ended.code, 0, ended)

    def test_the_add_on_is_an_extension_too(self):
        """Absolute imports of itself would fail as bl_ext.user_default.tcp_echo."""
        for path in glob.glob(os.path.join(FOLDER, "tcp_echo", "*.py")):
            with open(path, encoding="utf-8") as source:
                tree = ast.parse(source.read(), path)
            for node in ast.walk(tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    names.append(node.module)
                self.assertFalse([n for n in names if n.startswith("tcp_echo")], path)
        with open(os.path.join(FOLDER, "tcp_echo", "blender_manifest.toml")) as manifest:
            text = manifest.read()
        for key in ("schema_version", "id", "version", "name", "tagline", "maintainer", "type",
                    "blender_version_min", "license"):
            self.assertIn("\n%s = " % key, "\n" + text)


if __name__ == "__main__":
    unittest.main()
