package checks

import (
	"fmt"
	"testing"
)

// linesOf are the lines at which one rule reports something in an add-on's only file.
func linesOf(t *testing.T, rule, source string) string {
	t.Helper()
	var lines []int
	for _, found := range read(t, source) {
		if found.Rule == rule {
			lines = append(lines, found.Line)
		}
	}
	return fmt.Sprint(lines)
}

func TestOnlyWhatBackgroundModeDoesNotHaveIsReported(t *testing.T) {
	t.Parallel()
	const redraw = "def redraw(_):\n    bpy.context.area.tag_redraw()\n"
	const handler = "def register():\n    bpy.app.handlers.load_post.append(redraw)\n"
	for _, one := range []struct {
		situation, source, lines string
	}{
		{"a handler redraws", redraw + handler, "[2]"},
		{"one that asks first", "def redraw(_):\n    if bpy.context.area:\n        bpy.context.area.tag_redraw()\n" + handler, "[]"},
		{"one that returns first", "def redraw(_):\n    area = bpy.context.area\n    if area is None:\n        return\n    area.tag_redraw()\n" + handler, "[]"},
		{"one that gives it a name", "def redraw(_):\n    area = bpy.context.area\n    area.tag_redraw()\n" + handler, "[2]"},
		{"one that catches it", "def redraw(_):\n    try:\n        bpy.context.area.tag_redraw()\n    except AttributeError:\n        pass\n" + handler, "[]"},
		{"one that catches something else", "def redraw(_):\n    try:\n        bpy.context.area.tag_redraw()\n    except KeyError:\n        pass\n" + handler, "[3]"},
		{"by another name", "from bpy import context as C\ndef redraw(_):\n    C.area.tag_redraw()\n" + handler, "[3]"},
		{"a callback of a property, which a window calls", redraw + "def register():\n    bpy.types.Scene.x = bpy.props.BoolProperty(update=redraw)\n", "[]"},
		{"a function that only an operator calls", redraw + "class Go(bpy.types.Operator):\n    bl_idname = 'a.b'\n    def execute(self, context):\n        redraw(0)\n", "[]"},
		{"a panel", "class P(bpy.types.Panel):\n    def draw(self, context):\n        bpy.context.area.tag_redraw()\ndef register():\n    bpy.utils.register_class(P)\n", "[]"},
		{"a menu's entry", "def draw(self, context):\n    bpy.context.area.tag_redraw()\ndef register():\n    bpy.types.VIEW3D_MT_add.append(draw)\n", "[]"},
		{"what answers requests", "class Handler(BaseRequestHandler):\n    def handle(self):\n        bpy.context.region.width\n", "[3]"},
		{"the scene, in a handler", "def redraw(_):\n    bpy.context.scene.name\n    bpy.context.view_layer.update()\n    bpy.context.object.name\n" + handler, "[]"},
		{"the object, on a thread", "def work():\n    bpy.context.object.name\n    bpy.context.scene.name\ndef register():\n    threading.Thread(target=work).start()\n", "[2]"},
		{"the scene, in register()", "def register():\n    bpy.context.scene.name\n", "[2]"},
		{"the scene, by way of another function", "def register():\n    setup()\ndef setup():\n    bpy.context.scene.name\n", "[4]"},
		{"the scene, when the add-on is imported", "name = bpy.context.scene.name\n", "[1]"},
		{"the preferences, in register()", "def register():\n    bpy.context.preferences.addons\n    bpy.context.window_manager.keyconfigs\n", "[]"},
		{"the scene, in a handler that register() installs", "def start(_):\n    bpy.context.scene.name\ndef register():\n    bpy.app.handlers.load_post.append(start)\n", "[]"},
		{"the scene, in a method that nobody calls", "class A:\n    def go(self):\n        bpy.context.scene.name\nA()\n", "[]"},
	} {
		if lines := linesOf(t, "context", one.source); lines != one.lines {
			t.Errorf("%s: lines %s, want %s\n%s", one.situation, lines, one.lines, one.source)
		}
	}
}
