"""bpy.context where background mode has nothing in it. Needs no bpy.

Without a window's event, area, region, space_data and region_data are None; what the screen knows
(object, selected_objects) is not there on other threads; and while an add-on is imported and
registered nothing is there but preferences and window_manager.
"""
import ast

from typing import Dict, Iterator, List, Optional, Set, Tuple

from pysource import FUNCTIONS, SERVERS, File, dotted, last

EDITOR = {"area", "region", "space_data", "region_data"}
SCREEN = {"object", "active_object", "edit_object", "selected_objects", "visible_objects",
          "editable_objects", "selectable_objects", "selected_editable_objects",
          "objects_in_mode", "objects_in_mode_unique_data", "sculpt_object", "pose_object",
          "image_paint_object", "vertex_paint_object", "weight_paint_object", "active_bone",
          "active_pose_bone", "selected_bones", "selected_editable_bones", "selected_pose_bones",
          "visible_bones", "visible_pose_bones", "active_operator", "selected_ids"}
REGISTERING = {"preferences", "window_manager"}
HANDED = {"call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_signal_handler",
          "signal", "create_task", "ensure_future", "start_server", "create_server", "add_reader",
          "start_unix_server", "run", "run_until_complete", "gather", "wait_for", "Thread",
          "run_coroutine_threadsafe"}
OF_EDITOR = "in background mode bpy.context.%s is None: nobody works in an editor"
OF_SCREEN = "on a thread bpy.context has no %s: reading it raises AttributeError"
IN_REGISTER = ("while an add-on is imported and registered bpy.context has no %s: reading it "
               "raises AttributeError")

Function = Tuple[File, ast.AST]


class Program:
    """All files of a target, and which function calls which, across them."""

    def __init__(self, files):  # type: (List[File]) -> None
        self.files = files
        self.stems = {}  # type: Dict[str, File]
        for file in files:
            *folders, name = file.name[:-len(".py")].split("/")
            self.stems[folders[-1] if name == "__init__" and folders else name] = file

    def module(self, file, name):  # type: (File, str) -> Tuple[Optional[File], str]
        """The file, and the name in it, that an imported name means."""
        module, imported = file.imports.get(name, ("", ""))
        if imported and imported in self.stems and not self.has(module, imported):
            return self.stems[imported], ""
        return self.stems.get(module.rpartition(".")[2]), imported

    def has(self, module, name):  # type: (str, str) -> bool
        found = self.stems.get(module.rpartition(".")[2])
        return found is not None and (name in found.functions or name in found.classes)

    def meant(self, file, node, at, whole):
        # type: (File, ast.AST, ast.AST, bool) -> Iterator[Function]
        """The functions that run when what an expression means is called; of a class that no
        window uses what makes an object, and with whole all that the object may be asked later."""
        found = file.resolve(node, at)
        if found is not None:
            yield file, found
            return
        name, _, attribute = dotted(node).rpartition(".")
        if not name and attribute in file.classes:
            yield from self.of_class(file, file.classes[attribute], whole)
        elif name or attribute in file.imports:
            other, inside = self.module(file, name or attribute)
            wanted = attribute if name and not inside else inside
            if other is None or other is file:
                return
            if wanted in other.classes:
                yield from self.of_class(other, other.classes[wanted], whole)
            for function in other.functions.get(wanted, []):
                if other.class_of(function) is None:
                    yield other, function

    def of_class(self, file, class_, whole):
        # type: (File, ast.ClassDef, bool) -> Iterator[Function]
        if not file.is_ui(class_):
            for method in file.methods(class_):
                if whole or getattr(method, "name", "") in ("__init__", "__new__"):
                    yield file, method

    def calls(self, file, scope):  # type: (File, ast.AST) -> Iterator[Function]
        """What a scope calls."""
        for call in file.own_calls(scope):
            yield from self.meant(file, call.func, call, False)

    def surely(self, file, scope):  # type: (File, ast.AST) -> Iterator[Function]
        """What a scope calls in any case."""
        for call in file.own_calls(scope):
            if unconditional(file, call):
                yield from self.meant(file, call.func, call, False)

    def runs(self, file, scope):  # type: (File, ast.AST) -> Iterator[Function]
        """What runs in background mode because a scope has run: what it calls, the handlers and
        callbacks that it installs, and from a script all that it gives away."""
        for call in file.own_calls(scope):
            yield from self.meant(file, call.func, call, True)
            name = dotted(call.func)
            if "handlers." in name or last(call) in HANDED or file.script:
                for given in list(call.args) + [keyword.value for keyword in call.keywords]:
                    if not isinstance(given, ast.Call):
                        yield from self.meant(file, given, call, True)
            elif last(call) in ("submit", "to_thread", "run_in_executor"):
                for given in call.args:
                    yield from self.meant(file, given, call, True)

    def reach(self, roots, by):  # type: (List[Function], str) -> Set[Function]
        todo, seen = list(roots), set()  # type: List[Function], Set[Function]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += list(getattr(self, by)(*one))
        return seen

    def serving(self):  # type: () -> Set[Function]
        """The functions that run in background mode."""
        roots = []  # type: List[Function]
        for file in self.files:
            roots.append((file, file.tree))
            for function in file.functions.get("register", []):
                if file.class_of(function) is None:
                    roots.append((file, function))
            for class_ in file.classes.values():
                if any(last(base) in SERVERS for base in class_.bases):
                    roots += self.of_class(file, class_, True)
            for named in file.functions.values():
                for function in named:
                    if isinstance(function, ast.AsyncFunctionDef) or serves(file, function):
                        roots.append((file, function))
        return self.reach(roots, "runs")

    def registering(self):  # type: () -> Set[Function]
        """What runs while the add-on is imported and registered."""
        entries = self.entries()
        roots = []  # type: List[Function]
        for file in self.imported(entries):
            roots.append((file, file.tree))
            if file in entries:
                roots += [(file, function) for function in file.functions.get("register", [])
                          if file.class_of(function) is None]
        return self.reach(roots, "surely")

    def entries(self):  # type: () -> List[File]
        """The file of each add-on that Blender imports."""
        entries = {}  # type: Dict[str, File]
        for file in self.files:
            if not file.script and (file.name.endswith("__init__.py") or file.path.endswith(".py")):
                entries.setdefault(file.path, file)  # a folder's own comes before those below
        return list(entries.values())

    def started(self):  # type: () -> List[File]
        """The files that run when Blender starts: the launch script, add-ons, what they import."""
        return self.imported(self.entries() + [file for file in self.files if file.script])

    def imported(self, files):  # type: (List[File]) -> List[File]
        """The files, and those that they import when they are imported."""
        todo, seen = list(files), []  # type: List[File], List[File]
        while todo:
            file = todo.pop()
            if file in seen:
                continue
            seen.append(file)
            for node in file.own(file.tree):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    for alias in node.names:
                        other, _ = self.module(file, alias.asname or alias.name)
                        todo += [other] if other is not None else []
        return seen

    def threaded(self):  # type: () -> Set[Function]
        roots = []  # type: List[Function]
        for file in self.files:
            roots += [(file, function) for function in file.threaded()]
            for call, target in file.thread_targets():
                roots += self.meant(file, target, call, False)
        return self.reach(roots, "calls")


def serves(file, function):  # type: (File, ast.AST) -> bool
    """It runs code, or takes connections: no window calls that."""
    names = {dotted(call.func).rpartition(".")[2] for call in file.own_calls(function)}
    return bool(names & {"exec", "accept", "recv", "serve_forever"}) and not file.is_ui(
        file.class_of(function))


def unconditional(file, node):  # type: (File, ast.AST) -> bool
    """It runs whenever the function does."""
    for above in file.above(node):
        if isinstance(above, FUNCTIONS):
            break
        if isinstance(above, (ast.If, ast.IfExp, ast.For, ast.While, ast.BoolOp, ast.Try,
                              ast.comprehension)):
            return False
    scope = file.scope(node)
    line = getattr(node, "lineno", 0)
    return not any(isinstance(other, ast.Return) and other.lineno < line
                   for other in file.own(scope))


def check(program):  # type: (Program) -> None
    for file, function in program.serving():
        for node, name in reads(file, function):
            if name in EDITOR and used(file, node) and not asked(file, node, name):
                file.note("context", node, OF_EDITOR % name)
    for file, function in program.threaded():
        for node, name in reads(file, function):
            if name in SCREEN and not asked(file, node, name):
                file.note("context", node, OF_SCREEN % name)
    for file, function in program.registering():
        for node, name in reads(file, function):
            if name not in REGISTERING and unconditional(file, node) and not asked(
                    file, node, name):
                file.note("context", node, IN_REGISTER % name)


def reads(file, function):  # type: (File, ast.AST) -> Iterator[Tuple[ast.Attribute, str]]
    """Where a function reads bpy.context, also by another name, and what of it."""
    aliases = {"bpy.context"}
    aliases |= {name for name, (module, imported) in file.imports.items()
                if module == "bpy" and imported == "context"}
    for scope in {file.tree, function}:
        for node in file.own(scope):
            if isinstance(node, ast.Assign) and dotted(node.value) == "bpy.context":
                aliases |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(function, FUNCTIONS):  # a parameter is another thing than the file's name
        aliases -= {argument.arg for argument in function.args.args}
    for node in file.own(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if dotted(node.value) in aliases:
                yield node, node.attr


def used(file, node):  # type: (File, ast.Attribute) -> bool
    """Something is read of the value, at once or by the name that it is given."""
    above = file.parent.get(node)
    if isinstance(above, ast.Attribute) or isinstance(above, ast.Subscript) and above.value is node:
        return True
    if not isinstance(above, ast.Assign):
        return False
    names = {target.id for target in above.targets if isinstance(target, ast.Name)}
    if asked(file, node, *names):
        return False
    return any(isinstance(n, ast.Attribute) and getattr(n.value, "id", None) in names
               for n in file.own(file.scope(node)))


def asked(file, node, *names):  # type: (File, ast.AST, str) -> bool
    scope = file.scope(node)
    if any("background" in getattr(n, "attr", getattr(n, "id", "")) for n in file.own(scope)):
        return True
    return file.tested(node, set(names))
