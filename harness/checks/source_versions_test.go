package checks

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWhatIsGoneIsReportedUnlessTheCodeSeesToIt(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		situation, source, lines string
	}{
		{"a module", "import imp\n", "[1]"},
		{"a part of it", "from distutils.util import strtobool\n", "[1]"},
		{"with another when it fails", "try:\n    import imp\nexcept ImportError:\n    import importlib as imp\n", "[]"},
		{"as the other way", "try:\n    import importlib\nexcept ImportError:\n    import imp\n", "[]"},
		{"by the version", "import sys\nif sys.version_info < (3, 12):\n    import imp\n", "[]"},
		{"a module of that name beside it", "from . import imp\n", "[]"},
		{"a function", "import collections\nisinstance(x, collections.Mapping)\n", "[2]"},
		{"a function by its name", "from inspect import getargspec\n", "[1]"},
		{"the loop that nobody set", "import asyncio\nasyncio.get_event_loop().run_until_complete(go())\n", "[2]"},
		{"a loop that was set", "import asyncio\nasyncio.set_event_loop(asyncio.new_event_loop())\nasyncio.get_event_loop().run_forever()\n", "[]"},
		{"the loop that runs", "import asyncio\nasync def go():\n    asyncio.get_event_loop().stop()\n", "[]"},
		{"a method of meshes", "mesh.calc_normals_split()\nmesh.calc_normals_split()\n", "[1]"},
		{"one of the add-on's own", "def calc_normals_split(): pass\nmesh.calc_normals_split()\n", "[]"},
		{"one that is asked for", "if hasattr(mesh, 'calc_normals_split'):\n    mesh.calc_normals_split()\n", "[]"},
		{"by Blender's version", "if bpy.app.version < (4, 1, 0):\n    mesh.use_auto_smooth = True\n", "[]"},
		{"by a name for it", "OLD = bpy.app.version < (4, 1, 0)\ndef go(mesh):\n    if OLD:\n        mesh.use_auto_smooth = True\n", "[]"},
		{"an operator", "bpy.ops.export_scene.obj(filepath=path)\n", "[1]"},
		{"an override", "bpy.ops.object.delete({'object': o})\n", "[1]"},
		{"no override", "bpy.ops.object.delete('INVOKE_DEFAULT')\n", "[]"},
		{"sockets of a node", "node.inputs.new('x', 'y')\ngroup_node.inputs[0]\n", "[]"},
		{"sockets of a tree", "node_tree.inputs.new('x', 'y')\n", "[1]"},
		{"curves of an action", "curve = o.animation_data.action.fcurves.find('x')\n", "[1]"},
		{"an input that has another name", "bsdf.inputs['Specular']\nmix.inputs['Specular']\n", "[1]"},
	} {
		if lines := linesOf(t, "versions", one.source); lines != one.lines {
			t.Errorf("%s: lines %s, want %s\n%s", one.situation, lines, one.lines, one.source)
		}
	}
}

func TestWhatAnExtensionLeavesOutIsNotReported(t *testing.T) {
	t.Parallel()
	for maximum, want := range map[string]bool{`blender_version_max = "4.1.0"`: false, `blender_version_max = "5.0.0"`: true, "": true} {
		folder := t.TempDir()
		for name, text := range map[string]string{"__init__.py": "mesh.use_auto_smooth = True\n", "blender_manifest.toml": "id = \"x\"\n" + maximum + "\n"} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		found := slices.ContainsFunc(lintOf(t, folder), func(one lint) bool { return one.Rule == "versions" })
		if found != want {
			t.Errorf("%q: reported: %v", maximum, found)
		}
	}
}
