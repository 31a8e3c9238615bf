"""What a newer Python or Blender has taken away. Needs no bpy.

Each entry was looked up on Blender 3.4.1, 4.3.2 and 5.2.2 (Python 3.11, 3.13, 3.14), or stands in
the release notes.
"""
import ast
import re

from typing import Dict, Iterator, List, Optional, Set, Tuple

from pysource import File, catches, dotted, last, names_in, node_in, text_of

MODULES = {
    "3.12": "asynchat asyncore distutils imp smtpd",
    "3.13": "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib "
            "ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib",
}
ABCS = ("Callable Container Hashable ItemsView Iterable Iterator KeysView Mapping MappingView "
        "MutableMapping MutableSequence MutableSet Sequence Set Sized ValuesView")
PYTHON = {
    "3.8": "time.clock platform.linux_distribution platform.dist cgi.escape",
    "3.9": "base64.encodestring base64.decodestring fractions.gcd sys.setcheckinterval",
    "3.10": " ".join("collections." + name for name in ABCS.split()),
    "3.11": "asyncio.coroutine inspect.getargspec inspect.formatargspec gettext.lgettext",
    "3.12": "ssl.wrap_socket ssl.match_hostname locale.format pkgutil.ImpImporter "
            "importlib.find_loader configparser.SafeConfigParser",
    "3.14": "ast.Str ast.Num ast.Bytes ast.NameConstant pkgutil.find_loader pkgutil.get_loader "
            "asyncio.get_child_watcher asyncio.set_child_watcher",
}
# Attributes that only one type of Blender's has: version, what stands in its place.
ATTRIBUTES = {
    "calc_normals_split": ("4.1", "nothing: normals are there"),
    "free_normals_split": ("4.1", "nothing: normals are there"),
    "create_normals_split": ("4.1", "nothing: normals are there"),
    "use_auto_smooth": ("4.1", "bpy.ops.object.shade_auto_smooth"),
    "auto_smooth_angle": ("4.1", "bpy.ops.object.shade_auto_smooth"),
    "face_maps": ("4.0", "attributes"),
    "bone_groups": ("4.0", "armature.collections"),
    "shadow_method": ("4.2", "material.use_transparent_shadow"),
    "sequences_all": ("5.0", "strips_all"),
    "grease_pencil_modifiers": ("4.3", "modifiers"),
}
# Attributes that others have too: the name of what they are read of tells.
OF = [
    ({"mesh", "me"}, "calc_normals", "4.0", "nothing: normals are there"),
    ({"node_tree", "nodetree", "node_group", "nodegroup", "ntree"}, "inputs", "4.0",
     "node_tree.interface"),
    ({"node_tree", "nodetree", "node_group", "nodegroup", "ntree"}, "outputs", "4.0",
     "node_tree.interface"),
    ({"bone", "ebone", "edit_bone", "armature"}, "layers", "4.0", "collections"),
    ({"scene"}, "node_tree", "5.0", "scene.compositing_node_group"),
    ({"sequence_editor"}, "sequences", "5.0", "strips"),
    ({"action"}, "fcurves", "5.0", "the channelbag of a slot"),
    ({"action"}, "groups", "5.0", "the channelbag of a slot"),
    ({"eevee"}, "use_bloom", "4.2", "the compositor's Glare node"),
    ({"eevee"}, "use_ssr", "4.2", "eevee.use_raytracing"),
    ({"eevee"}, "use_gtao", "5.0", "nothing"),
    ({"filepaths"}, "script_directory", "3.6", "script_directories"),
    ({"tool_settings"}, "unified_paint_settings", "5.0",
     "unified_paint_settings of each paint mode"),
    ({"brush"}, "sculpt_tool", "5.0", "sculpt_brush_type"),
]
OPERATORS = {
    "export_scene.obj": ("4.0", "wm.obj_export"), "import_scene.obj": ("4.0", "wm.obj_import"),
    "export_mesh.ply": ("4.0", "wm.ply_export"), "import_mesh.ply": ("4.0", "wm.ply_import"),
    "export_mesh.stl": ("4.2", "wm.stl_export"), "import_mesh.stl": ("4.2", "wm.stl_import"),
    "import_scene.x3d": ("4.2", "an extension"), "export_scene.x3d": ("4.2", "an extension"),
    "wm.collada_import": ("5.0", "nothing"), "wm.collada_export": ("5.0", "nothing"),
    "object.gpencil_add": ("4.3", "object.grease_pencil_add"),
    "pose.group_add": ("4.0", "armature.collection_add"),
    "import_image.to_plane": ("4.2", "image.import_as_mesh_planes"),
}
PRINCIPLED = {"Specular": "Specular IOR Level", "Emission": "Emission Color",
              "Transmission": "Transmission Weight", "Subsurface": "Subsurface Weight",
              "Clearcoat": "Coat Weight", "Clearcoat Roughness": "Coat Roughness",
              "Sheen": "Sheen Weight"}
IN = "%s %s: %s is gone"
GOOD = {"RuntimeError", "ImportError", "ModuleNotFoundError", "KeyError", "ValueError"}
VERSIONED = re.compile(r"version|newer|older|legacy|compat|supported|hasattr|py[23]|b3d|^bl_?\d",
                       re.IGNORECASE)
ALL = (99, 0)
Found = Tuple[ast.AST, str]
MAXIMUM = re.compile(r'^blender_version_max\s*=\s*"(\d+)\.(\d+)', re.MULTILINE)


def maximum(manifest):  # type: (str) -> Tuple[int, int]
    """The first Blender that an extension says it is not for."""
    found = MAXIMUM.search(manifest)
    return (int(found.group(1)), int(found.group(2))) if found else ALL


def check(files, below=ALL):  # type: (List[File], Tuple[int, int]) -> None
    """below: the first Blender that the target is not meant for."""
    table = {}  # type: Dict[str, str]
    for version, names in PYTHON.items():
        table.update(dict.fromkeys(names.split(), version))
    modules = {name: version for version, names in MODULES.items() for name in names.split()}
    sets_loop = any(last(call) == "set_event_loop" for file in files for call in file.calls)
    theirs = {name for file in files for name in file.functions}
    theirs |= {file.name.rpartition("/")[2][:-len(".py")] for file in files}
    for file in files:
        found = list(check_python(file, table, modules, theirs))
        if not sets_loop:
            found += check_loop(file)
        for node, version, what, instead in blender(file, theirs):
            number = tuple(int(part) for part in version.split("."))
            if number < below and not seen_to(file, node, what):
                note = IN % ("Blender", version, what)
                found.append((node, note + ("; now " + instead if instead else "")))
        tell(file, found)


def tell(file, found):  # type: (File, List[Found]) -> None
    """Note of each kind the first line, and how many lines have it."""
    lines = {}  # type: Dict[str, Dict[int, ast.AST]]
    for node, note in found:
        lines.setdefault(note, {}).setdefault(getattr(node, "lineno", 1), node)
    for note, places in lines.items():
        more = " (%d lines)" % len(places) if len(places) > 1 else ""
        file.note("versions", places[min(places)], note + more)


def check_python(file, table, modules, theirs):
    # type: (File, Dict[str, str], Dict[str, str], Set[str]) -> Iterator[Found]
    for node in file.nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
            for alias in node.names:
                whole = "%s.%s" % (node.module, alias.name)
                if whole in table and not seen_to(file, node, alias.name):
                    yield node, IN % ("Python", table[whole], whole)
        elif isinstance(node, ast.Attribute) and dotted(node) in table:
            whole, names = dotted(node), []
            if whole.split(".")[0] in file.imports and not seen_to(file, node, node.attr):
                yield node, IN % ("Python", table[whole], whole)
        else:
            names = []
        for name in names:
            top = name.split(".")[0]
            if top in modules and top not in theirs and not seen_to(file, node, top):
                yield node, IN % ("Python", modules[top], "module " + top)


def check_loop(file):  # type: (File) -> Iterator[Found]
    """asyncio.get_event_loop() by code that then runs the loop: so none runs, and none was set."""
    for scope in file.scopes:
        calls = file.own_calls(scope)
        if not any(last(c) in ("run_until_complete", "run_forever") for c in calls):
            continue
        for call in calls:
            if dotted(call.func) != "asyncio.get_event_loop" or isinstance(
                    scope, ast.AsyncFunctionDef):
                continue
            if not seen_to(file, call, "get_event_loop"):
                yield call, ("Python 3.14: asyncio.get_event_loop() raises where no loop was set; "
                             "new_event_loop() and set_event_loop() work everywhere")


def blender(file, theirs):
    # type: (File, Set[str]) -> Iterator[Tuple[ast.AST, str, str, str]]
    """What is gone: the node, since which version, what it is, what stands in its place."""
    for node in file.nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [
                node.module or ""]
            if "bgl" in names:
                yield node, "5.0", "module bgl", "gpu"
        elif isinstance(node, ast.Attribute):
            of = last(node.value)
            if of not in ("self", "cls") and node.attr in ATTRIBUTES and node.attr not in theirs:
                yield (node, ATTRIBUTES[node.attr][0], node.attr, ATTRIBUTES[node.attr][1])
            for owners, name, version, instead in OF:
                if node.attr == name and (of in owners or of == "data" and "data" in owners):
                    above = file.parent.get(node)
                    if name not in ("inputs", "outputs") or getattr(above, "attr", "") in (
                            "new", "remove", "clear"):
                        yield node, version, "%s.%s" % (of, name), instead
        elif isinstance(node, ast.Call):
            yield from of_call(node)
        elif isinstance(node, ast.Subscript) and last(node.value) == "inputs":
            named = text_of(node.slice) or text_of(getattr(node.slice, "value", None)) or ""
            owner = dotted(node.value).lower()
            if named in PRINCIPLED and ("princip" in owner or "bsdf" in owner):
                yield node, "4.0", "input %r of Principled BSDF" % named, PRINCIPLED[named]
        elif text_of(node) == "BLENDER_EEVEE_NEXT" and isinstance(
                file.parent.get(node), ast.Assign):
            yield node, "5.0", "the engine's name BLENDER_EEVEE_NEXT", "BLENDER_EEVEE"


def of_call(call):  # type: (ast.Call) -> Iterator[Tuple[ast.AST, str, str, str]]
    name = dotted(call.func)
    if name.startswith("bpy.ops."):
        version, instead = OPERATORS.get(name[len("bpy.ops."):], ("", ""))
        if version:
            yield call, version, name, instead
        first = call.args[0] if call.args else None  # type: Optional[ast.AST]
        if isinstance(first, ast.Dict) or "override" in dotted(first).lower():
            yield (call, "4.0", "the override of the context as an operator's first argument",
                   "context.temp_override")
    elif name == "blf.size" and len(call.args) == 3:
        yield call, "4.0", "the third argument of blf.size", ""
    elif name == "bpy.utils.user_resource" and len(call.args) > 1:
        yield call, "3.0", "the second argument by position of bpy.utils.user_resource", "path="
    elif last(call) == "from_builtin" and call.args:
        shader = text_of(call.args[0]) or ""
        if shader.startswith(("2D_", "3D_")):
            yield call, "4.0", "the shader's name %s" % shader, shader[3:]


def seen_to(file, node, what):  # type: (File, ast.AST, str) -> bool
    """The code asks for the version, or for the thing, or catches its absence."""
    name = what.rpartition(".")[2]
    flags = {name}
    for other in file.own(file.tree):  # IS_4 = bpy.app.version >= (4, 0, 0)
        if isinstance(other, ast.Assign) and any(VERSIONED.search(n) for n in
                                                 names_in(other.value)):
            flags |= {target.id for target in other.targets if isinstance(target, ast.Name)}
    for above in file.above(node):
        if isinstance(above, ast.Try):
            if node_in(node, above.body) and catches(above, GOOD):
                return True
            if any(node_in(node, handler.body) for handler in above.handlers):
                return True  # the other way has failed
        elif isinstance(above, (ast.If, ast.IfExp)) and decides(above.test, flags):
            return True
    return file.tested(node, flags) or any(decides(test, flags) for test in
                                           file.conditions(file.scope(node))
                                           if file.scope(node) is not file.tree)


def decides(test, flags):  # type: (ast.AST, Set[str]) -> bool
    names = names_in(test)
    return bool(names & flags) or any(VERSIONED.search(name) for name in names)
