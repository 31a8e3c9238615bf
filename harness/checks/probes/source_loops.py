"""Event loops in threads, and loops that keep Blender alive in a way that fails. Needs no bpy."""
import ast
import re

from typing import Iterator, Set

from pysource import File, dotted, last

LONGEST_SLEEP = 0.1
STATUS = re.compile(r"(^|_)(is_)?(running|up|active|started|status)$")
WAITS = {"sleep", "wait", "wait_for", "select", "get", "join", "poll", "acquire", "recv", "accept",
         "call_later", "call_at", "run_for", "run_until_complete", "handle_request", "step"}
NEW_LOOP = "a thread makes an event loop of its own beside Blender's main thread"
RUN_FOREVER = "a thread runs the event loop, and with it all code that its callbacks execute"
EXIT_ON_STATUS = "the keep-alive loop ends, and Blender with it, when a status changes"
LONG_SLEEP = "the keep-alive loop sleeps too long a turn, and requests wait for it"
NO_SLEEP = "the keep-alive loop turns without waiting and takes a whole core"


def calls(node):  # type: (ast.AST) -> Iterator[ast.Call]
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield inner


def check(file):  # type: (File) -> None
    threaded = file.threaded()
    for call, target in file.thread_targets():
        if last(target) == "run_forever":
            file.note("run-forever-in-thread", call, RUN_FOREVER)
    inside = set()  # type: Set[ast.AST]
    for function in threaded:
        inside.update(ast.walk(function))
        for call in calls(function):
            if last(call) == "run_forever":
                file.note("run-forever-in-thread", call, RUN_FOREVER)
            elif last(call) == "new_event_loop" or dotted(call.func) == "asyncio.run":
                file.note("new-loop", call, NEW_LOOP)
    for node in file.nodes:
        if isinstance(node, ast.While) and node not in inside:
            check_loop(file, node)


def check_loop(file, loop):  # type: (File, ast.While) -> None
    inside = [call for part in loop.body for call in calls(part)]
    names = {last(call) for call in inside}
    for call in inside:
        if names == {"sleep"}:
            break  # others do the work, in threads
        if dotted(call.func) in ("time.sleep", "sleep") and call.args:
            seconds = getattr(call.args[0], "value", getattr(call.args[0], "n", None))
            if isinstance(seconds, (int, float)) and seconds > LONGEST_SLEEP:
                file.note("long-sleep", call, LONG_SLEEP)
    stops = any(isinstance(n, ast.Attribute) and n.attr == "stop" for n in ast.walk(loop))
    kicks = "kick_async_loop" in names or ("run_forever" in names and stops)
    test_waits = any(last(call) in WAITS for call in calls(loop.test))
    only_passes = all(isinstance(part, (ast.Pass, ast.Continue)) for part in loop.body)
    if not test_waits and (only_passes or kicks and not names & WAITS):
        file.note("no-sleep", loop, NO_SLEEP)
    asks = isinstance(loop.test, ast.Call) and is_status(loop.test)
    if asks and (kicks or names & WAITS):
        file.note("exit-on-status", loop, EXIT_ON_STATUS)
    for part in loop.body:
        for node in ast.walk(part):
            if isinstance(node, ast.If) and negated_status(node.test) and leaves(node):
                file.note("exit-on-status", node, EXIT_ON_STATUS)


def is_status(test):  # type: (ast.AST) -> bool
    """service.is_running() or service.running; a name alone is a flag of the loop's own."""
    node = test.func if isinstance(test, ast.Call) else test
    return isinstance(node, ast.Attribute) and bool(STATUS.search(node.attr))


def negated_status(test):  # type: (ast.AST) -> bool
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return is_status(test.operand)
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        other = getattr(test.comparators[0], "value", None)
        return other in (False, "stopped") and is_status(test.left)
    return False


def leaves(node):  # type: (ast.If) -> bool
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Break, ast.Return)):
            return True
        if isinstance(inner, ast.Call) and dotted(inner.func) in ("sys.exit", "exit", "os._exit"):
            return True
    return False
