"""Small add-ons for the tests of hosted, as text. Each is wrong, or right, in ways of its own."""

HEAD = """
bl_info = {"name": "test", "blender": (2, 83, 0), "category": "Object"}
import bpy
"""

CLEAN = HEAD + """
import socket, subprocess, sys, threading, time
stop = threading.Event()

class CLEAN_OT_run(bpy.types.Operator):
    bl_idname, bl_label = "clean.run", "Run"
    def execute(self, context):
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}
    def modal(self, context, event):
        return {"PASS_THROUGH"}

@bpy.app.handlers.persistent  # any other is dropped by the next file
def handler(*args):
    pass

def draw(*args):
    pass

def late():
    stop.wait()
    time.sleep(0.3)  # after unregister() has returned

def once():
    bpy.ops.clean.run()

def tick():
    return 0.05

def register():
    global thread, server, child, handle, owner
    bpy.utils.register_class(CLEAN_OT_run)
    bpy.types.Scene.clean_number = bpy.props.IntProperty()
    bpy.types.Scene.clean_list = []
    bpy.types.VIEW3D_MT_add.append(draw)
    bpy.app.handlers.load_post.append(handler)
    bpy.app.timers.register(tick)
    bpy.app.timers.register(once)
    stop.clear()
    thread = threading.Thread(target=late, daemon=True)
    thread.start()
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    child = subprocess.Popen(["sleep", "60"])
    handle = bpy.types.SpaceView3D.draw_handler_add(handler, (), "WINDOW", "POST_VIEW")
    owner = object()
    bpy.msgbus.subscribe_rna(key=(bpy.types.Object, "location"), owner=owner, args=(),
                             notify=handler)
"""

LEAVES = CLEAN.replace("clean", "leaves").replace("CLEAN", "LEAVES") + """
def unregister():
    bpy.types.VIEW3D_MT_add.remove(draw)
"""

CLEAN += """
def unregister():
    bpy.msgbus.clear_by_owner(owner)
    bpy.types.SpaceView3D.draw_handler_remove(handle, "WINDOW")
    child.kill()
    child.wait()
    server.close()
    stop.set()
    if bpy.app.timers.is_registered(tick):  # a file that was opened has dropped it
        bpy.app.timers.unregister(tick)
    bpy.app.handlers.load_post.remove(handler)
    bpy.types.VIEW3D_MT_add.remove(draw)
    del bpy.types.Scene.clean_list
    del bpy.types.Scene.clean_number
    bpy.utils.unregister_class(CLEAN_OT_run)
"""

ENTRY = HEAD + """
class Preferences(bpy.types.AddonPreferences):
    bl_idname = __name__
    number: bpy.props.IntProperty()

def register():
    bpy.utils.register_class(Preferences)
    bpy.context.preferences.addons[__name__].preferences.number
def unregister():
    bpy.utils.unregister_class(Preferences)
"""

NEEDS_MODULE = HEAD + """
try:
    import no_such_module.sub
except ImportError as error:
    raise RuntimeError("install it first") from error
def register(): pass
def unregister(): pass
"""

NEEDS_ADDON = HEAD + """
def register():
    bpy.context.preferences.addons["no_such_addon"].preferences
def unregister(): pass
"""

EXITS = HEAD + """
def register():
    raise SystemExit("no licence")
def unregister(): pass
"""

SWALLOWS = HEAD + """
import traceback
def register():
    try:
        broken
    except NameError:
        traceback.print_exc()
def unregister():
    raise ValueError("cannot go")
"""

HANDLERS = HEAD + """
from bpy.app.handlers import persistent
names = ("depsgraph_update_post", "frame_change_post", "undo_post", "save_pre", "load_post",
         "render_pre")

def make(name):
    @persistent
    def handler(*args):
        raise ValueError(name)
    return handler

@persistent
def fine(*args):
    for thing in list(bpy.data.objects):
        if "curve" in thing.name:
            bpy.data.objects.remove(thing)

def tick():
    raise ValueError("tick")

def register():
    for name in names:
        getattr(bpy.app.handlers, name).append(make(name))
    bpy.app.handlers.load_post.append(fine)
    bpy.app.timers.register(tick, first_interval=0.01, persistent=True)
def unregister():
    for name in names:
        functions = getattr(bpy.app.handlers, name)
        functions[:] = [one for one in functions if one.__module__ != __name__]
"""

OPERATORS = HEAD + """
class Base:
    bl_label = "x"

class THING_OT_add(Base, bpy.types.Operator):
    bl_idname = "thing.add"
    name: bpy.props.StringProperty(default="Made")
    def execute(self, context):
        made = bpy.data.objects.new(self.name, None)
        context.collection.objects.link(made)
        return {"FINISHED"}

class THING_OT_write(Base, bpy.types.Operator):
    bl_idname = "thing.write"
    path: bpy.props.StringProperty()
    def execute(self, context):
        with open(self.path, "w") as file:
            file.write("x")
        return {"FINISHED"}

class THING_OT_area(Base, bpy.types.Operator):
    bl_idname = "thing.area"
    @classmethod
    def poll(cls, context):
        return context.area is not None
    def execute(self, context):
        context.area.tag_redraw()
        return {"FINISHED"}

class THING_OT_pose(Base, bpy.types.Operator):
    bl_idname = "thing.pose"
    @classmethod
    def poll(cls, context):
        return context.mode == "POSE"
    def execute(self, context):
        return {"FINISHED"}

class THING_OT_raises(Base, bpy.types.Operator):
    bl_idname = "thing.raises"
    @classmethod
    def poll(cls, context):
        return context.area.type == "VIEW_3D"
    def execute(self, context):
        return {"FINISHED"}

class THING_OT_draws(Base, bpy.types.Operator):
    bl_idname = "thing.draws"
    def invoke(self, context, event):
        return {"RUNNING_MODAL"}
    def modal(self, context, event):
        return {"FINISHED"}

class THING_OT_cancels(Base, bpy.types.Operator):
    bl_idname = "thing.cancels"
    def execute(self, context):
        return {"CANCELLED"}

class THING_OT_broken(Base, bpy.types.Operator):
    bl_idname = "thing.broken"
    def execute(self, context):
        context.area.tag_redraw()
        return {"FINISHED"}

classes = Base.__subclasses__()
def register():
    for cls in classes:
        bpy.utils.register_class(cls)
def unregister():
    for cls in classes:
        bpy.utils.unregister_class(cls)
"""
