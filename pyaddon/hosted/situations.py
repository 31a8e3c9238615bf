"""The situations in which an operator may be possible, without a window: object, mode, data."""
from typing import Any, Callable, Dict, List, Tuple

from hosted import scene


def _fresh() -> None:
    scene.new_file(empty=False)


def _active(name: str, data: Any) -> Any:
    import bpy

    made = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(made)
    for other in bpy.context.view_layer.objects:
        other.select_set(other is made)
    made.select_set(True)
    bpy.context.view_layer.objects.active = made
    return made


def nothing_selected() -> None:
    import bpy

    _fresh()
    for thing in bpy.context.view_layer.objects:
        thing.select_set(False)
    bpy.context.view_layer.objects.active = None


def cube() -> None:
    """The factory's file: a cube, active and selected, with a material."""
    _fresh()


def cube_edited() -> None:
    import bpy

    _fresh()
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")


def two_meshes() -> None:
    """Two meshes, both selected."""
    import bpy

    _fresh()
    other = bpy.data.objects["Cube"].copy()
    other.data = other.data.copy()
    bpy.context.scene.collection.objects.link(other)
    other.location.x = 1.0
    other.select_set(True)


def curve() -> None:
    import bpy

    _fresh()
    data = bpy.data.curves.new("Curve", "CURVE")
    data.dimensions = "3D"
    spline = data.splines.new("BEZIER")
    spline.bezier_points.add(2)
    for index, point in enumerate(spline.bezier_points):
        point.co = (float(index), float(index % 2), 0.0)
    _active("Curve", data)


def curve_edited() -> None:
    import bpy

    curve()
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.curve.select_all(action="SELECT")


def armature_posed() -> None:
    """An armature of one bone, in pose mode."""
    import bpy

    _fresh()
    _active("Armature", bpy.data.armatures.new("Armature"))
    bpy.ops.object.mode_set(mode="EDIT")
    bone = bpy.context.object.data.edit_bones.new("Bone")
    bone.tail = (0.0, 0.0, 1.0)
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.pose.select_all(action="SELECT")


def camera() -> None:
    import bpy

    _fresh()
    for thing in bpy.context.view_layer.objects:
        thing.select_set(thing.type == "CAMERA")
    bpy.context.view_layer.objects.active = bpy.data.objects["Camera"]


ALL: Tuple[Tuple[str, Callable[[], None]], ...] = (
    ("a mesh, object mode", cube), ("a mesh, edit mode", cube_edited),
    ("two meshes", two_meshes), ("a curve", curve), ("a curve, edit mode", curve_edited),
    ("an armature, pose mode", armature_posed), ("a camera", camera),
    ("nothing selected", nothing_selected))


def make(name: str) -> None:
    """Make the situation of this name."""
    found: Dict[str, Callable[[], None]] = dict(ALL)
    if name not in found:
        raise ValueError("situation %r: there are %s" % (name, ", ".join(names())))
    found[name]()


def names() -> List[str]:
    return [name for name, _make in ALL]
