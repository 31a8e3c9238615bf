"""A small scene of known things, and what is not right with it any more."""
import os
from typing import Any, Dict, List

NAMES = ("bgcheck cube", "bgcheck curve", "bgcheck camera", "bgcheck light", "bgcheck empty")


def new_file(empty: bool = True) -> None:
    """An empty file, or the factory's with its cube; add-ons stay enabled."""
    import bpy

    options = {"use_empty": empty, "use_factory_startup": True}
    known = bpy.ops.wm.read_homefile.get_rna_type().properties.keys()
    bpy.ops.wm.read_homefile(**{name: options[name] for name in options if name in known})


def make() -> None:
    """A cube with a material, a modifier and a child that moves; a curve, a camera, a light."""
    import bpy

    cube = _add(NAMES[0], _cube())
    material = bpy.data.materials.new("bgcheck material")
    material.use_nodes = True
    cube.data.materials.append(material)
    cube.modifiers.new("bgcheck bevel", "BEVEL")
    curve = bpy.data.curves.new(NAMES[1], "CURVE")
    spline = curve.splines.new("BEZIER")
    spline.bezier_points.add(1)
    spline.bezier_points[1].co = (1.0, 0.0, 0.0)
    _add(NAMES[1], curve).location = (0.0, 3.0, 0.0)
    camera = _add(NAMES[2], bpy.data.cameras.new(NAMES[2]))
    camera.location = (0.0, 0.0, 8.0)
    _add(NAMES[3], bpy.data.lights.new(NAMES[3], "SUN"))
    empty = _add(NAMES[4], None)
    empty.parent = cube
    for frame in (1, 10):
        empty.location.x = float(frame)
        empty.keyframe_insert("location", frame=frame)
    bpy.context.scene.camera = camera
    bpy.context.view_layer.objects.active = cube
    cube.select_set(True)
    bpy.context.view_layer.update()


def _add(name: str, data: Any) -> Any:
    import bpy

    made = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(made)
    return made


def _cube() -> Any:
    import bpy

    mesh = bpy.data.meshes.new(NAMES[0])
    corners = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6),
                                   (0, 2, 6, 4), (1, 5, 7, 3)])
    return mesh


def edit() -> None:
    """Change the mesh and evaluate what hangs on it."""
    import bpy

    cube = bpy.data.objects[NAMES[0]]
    cube.location.z = 0.5
    cube.data.vertices[0].co.x = -1.5
    cube.data.update()
    bpy.context.view_layer.update()
    mesh = cube.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    if len(mesh.vertices) <= len(cube.data.vertices):
        raise RuntimeError("the bevel modifier was not evaluated")


def play() -> None:
    """Go through the frames."""
    import bpy

    for frame in range(1, 11):
        bpy.context.scene.frame_set(frame)
    moved = bpy.data.objects[NAMES[4]].location.x
    if abs(moved - 10.0) > 0.001:
        raise RuntimeError("at frame 10 the empty is at x = %g, not 10" % moved)


def undo() -> str:
    """Move the cube, undo that, redo it; the reason where this is not possible here."""
    import bpy

    if not bpy.ops.ed.undo_push.poll():
        return "ed.undo_push cannot be called here"
    # Background mode has no first undo step of its own: without one there is no way back.
    bpy.ops.ed.undo_push(message="bgcheck before")
    bpy.data.objects[NAMES[0]].location.y = 2.0
    bpy.ops.ed.undo_push(message="bgcheck after")
    for name, expected in (("undo", 0.0), ("redo", 2.0)):
        operator = getattr(bpy.ops.ed, name)
        if not operator.poll():
            return "ed.%s cannot be called here" % name
        operator()
        cube = bpy.data.objects.get(NAMES[0])  # all that Python held before is invalid
        if cube is None or abs(cube.location.y - expected) > 0.001:
            raise RuntimeError("after ed.%s the cube is at y = %s, not %g"
                               % (name, cube and cube.location.y, expected))
    return ""


def append(path: str) -> None:
    """Append the cube of a saved file once more."""
    import bpy

    before = len(bpy.data.objects)
    bpy.ops.wm.append(filename=NAMES[0], directory=os.path.join(path, "Object", ""))
    if len(bpy.data.objects) <= before:
        raise RuntimeError("wm.append added no object from %s" % path)


def render(path: str) -> str:
    """A picture of 32 x 32 by Cycles on the CPU; the reason where there is no Cycles."""
    import bpy

    scene = bpy.context.scene
    engine = scene.render.engine
    try:
        scene.render.engine = "CYCLES"
    except TypeError:
        return "this Blender has no Cycles enabled"
    scene.cycles.device, scene.cycles.samples = "CPU", 1
    scene.cycles.use_denoising = False  # 3.4 and 4.3 of Debian have no denoiser
    scene.render.resolution_x = scene.render.resolution_y = 32
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
    scene.render.engine = engine
    if not os.path.exists(path):
        raise RuntimeError("the render wrote no %s" % path)
    return ""


def faults() -> List[str]:
    """What of the scene is not as it was made; [] when it is whole."""
    import bpy

    found = []
    kinds = ("MESH", "CURVE", "CAMERA", "LIGHT", "EMPTY")
    for name, kind in zip(NAMES, kinds):
        thing = bpy.data.objects.get(name)
        if thing is None:
            found.append("object %r is gone" % name)
        elif thing.type != kind:
            found.append("object %r is of type %s, not %s" % (name, thing.type, kind))
        elif bpy.context.scene.objects.get(name) is None:
            found.append("object %r is not in the scene any more" % name)
    cube = bpy.data.objects.get(NAMES[0])
    if cube is not None and cube.type == "MESH" and len(cube.data.vertices) != 8:
        found.append("the cube has %d corners" % len(cube.data.vertices))
    return found


def counts() -> Dict[str, int]:
    """How many datablocks of each kind there are: {"objects": 5, ...}, the empty kinds left out."""
    import bpy

    found = {}
    for name in bpy.data.bl_rna.properties.keys():
        if name not in ("rna_type", "screens", "window_managers", "workspaces", "libraries") \
                and bpy.data.bl_rna.properties[name].type == "COLLECTION":
            number = len(getattr(bpy.data, name))
            if number:
                found[name] = number
    return found
