"""keepalive: the loop it drives, work from other threads, the bridge for bpy.app.timers."""
import unittest

from context import run

BPY = """
import sys, types
bpy = types.ModuleType("bpy")
earlier = []
class Timers(types.ModuleType):
    pass
timers = Timers("timers")
timers.register = lambda function, first_interval=0, persistent=False: earlier.append(function)
timers.unregister = lambda function: earlier.remove(function)
timers.is_registered = lambda function: function in earlier
bpy.app = types.SimpleNamespace(background=True, timers=timers, handlers=types.SimpleNamespace(
    load_pre=[], persistent=lambda function: function))
sys.modules["bpy"] = bpy
import keepalive
"""


class LoopTest(unittest.TestCase):
    def assert_ends(self, code, *lines):
        ended = run(code)
        self.assertEqual(ended.code, 0, ended)
        self.assertEqual(ended.out.split("\n")[:-1], list(lines), ended)
        self.assertEqual(ended.err, "", ended)

    def test_the_loop_that_the_author_made_is_used(self):
        self.assert_ends("""
            import asyncio, keepalive
            mine = asyncio.new_event_loop()
            asyncio.set_event_loop(mine)
            def forbidden(*args): raise AssertionError("a second loop")
            asyncio.new_event_loop = forbidden
            async def work():
                print(asyncio.get_running_loop() is mine)
            mine.create_task(work())
            keepalive.run()
        """, "True")

    def test_one_loop_is_made_where_there_is_none(self):
        self.assert_ends("""
            import asyncio, keepalive
            asyncio.set_event_loop(None)  # as on Python 3.14
            print(keepalive.main_loop() is keepalive.main_loop())
            asyncio.run(asyncio.sleep(0))
            print(keepalive.main_loop() is keepalive.main_loop())
            keepalive.run()
        """, "True", "True")

    def test_the_authors_kick_is_driven_as_the_seeds_do(self):
        self.assert_ends("""
            import asyncio, keepalive, time, types
            calls = []
            def kick_async_loop():
                loop = asyncio.get_event_loop()
                tasks = asyncio.all_tasks(loop)
                done = not tasks or all(task.done() for task in tasks)
                loop.stop()
                loop.run_forever()
                calls.append("kick")
                return done
            real_sleep = time.sleep
            time.sleep = lambda seconds: (calls.append("sleep"), real_sleep(seconds))
            async def work():
                for _ in range(2):
                    await asyncio.sleep(0)
            keepalive.main_loop().create_task(work())
            keepalive.run(async_loop=types.SimpleNamespace(kick_async_loop=kick_async_loop),
                          interval=0.001, exit=False)
            # Each kick is one turn; the end is its own True.
            print(calls[0:4], calls[-1], calls.count("kick") - calls.count("sleep"))
        """, "['kick', 'sleep', 'kick', 'sleep'] kick 1")

    def test_a_kick_drains_what_is_ready(self):
        self.assert_ends("""
            import asyncio, keepalive
            async def work():
                for _ in range(10):
                    await asyncio.sleep(0)
            keepalive.main_loop().create_task(work())
            print(keepalive.kick_async_loop())
        """, "True")

    def test_a_kick_comes_back_from_a_task_without_end(self):
        self.assert_ends("""
            import asyncio, keepalive
            async def work():
                while True:
                    await asyncio.sleep(0)
            keepalive.main_loop().create_task(work())
            print(keepalive.kick_async_loop())
        """, "False")

    def test_a_loop_that_cannot_be_waited_in(self):
        self.assert_ends("""
            import asyncio, keepalive, os, signal
            class Loop(asyncio.SelectorEventLoop):
                def add_signal_handler(self, *args): raise NotImplementedError
            loop = Loop()
            asyncio.set_event_loop(loop)
            loop.call_later(0.01, os.kill, os.getpid(), signal.SIGTERM)
            loop.create_task(asyncio.sleep(3600))
            keepalive.run(interval=0.01)
        """, "keepalive: SIGTERM, stopping")

    def test_results_and_exceptions_of_submitted_work(self):
        self.assert_ends("""
            import keepalive, threading
            def where(): return threading.current_thread() is threading.main_thread()
            def broken(): raise KeyError("x")
            def leave(): raise SystemExit(4)
            early = keepalive.submit(where)
            def client():
                print(early.result(), keepalive.submit(where).result())
                print(repr(keepalive.submit(broken).exception()))
                print(repr(keepalive.submit(leave).exception()))
                print(keepalive.submit(pow, 2, 5).result())
            threading.Thread(target=client).start()
            keepalive.run()
        """, "True True", "KeyError('x')", "SystemExit(4)", "32")

    def test_submit_after_the_end(self):
        self.assert_ends("""
            import keepalive
            keepalive.run(exit=False)
            try:
                keepalive.submit(print)
            except RuntimeError as error:
                print("has ended" in str(error))
        """, "True")

    def test_two_copies_share_the_queue(self):
        self.assert_ends("""
            import importlib.util, keepalive, threading
            spec = importlib.util.spec_from_file_location("mine", keepalive.__file__)
            mine = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(mine)
            threading.Thread(target=lambda: print(mine.submit(pow, 3, 2).result())).start()
            keepalive.run()
        """, "9")

    def test_not_on_the_main_thread(self):
        self.assert_ends("""
            import keepalive, threading
            def work():
                try:
                    keepalive.run()
                except RuntimeError as error:
                    print(error)
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        """, "keepalive.run: not on the main thread")


class TimersTest(unittest.TestCase):
    def assert_ends(self, code, *lines):
        ended = run(BPY + code)
        self.assertEqual(ended.code, 0, ended)
        self.assertEqual(ended.out.split("\n")[:-1], list(lines), ended)
        return ended

    def test_repeated_and_then_done(self):
        self.assert_ends("""
left = [0.001, 0, None]
def tick():
    print(len(left))
    return left.pop(0)
keepalive.bridge_timers()
timers.register(tick, first_interval=0.001)
print(timers.is_registered(tick))
keepalive.run(exit=False)
print(timers.is_registered(tick))
""", "True", "3", "2", "1", "False")

    def test_registered_earlier(self):
        self.assert_ends("""
def tick(): print("fired")
timers.register(tick)
keepalive.run()
""", "fired")

    def test_registered_from_a_thread(self):
        self.assert_ends("""
import threading
def tick(): print(threading.current_thread() is threading.main_thread())
threading.Thread(target=lambda: timers.register(tick)).start()
keepalive.run()
""", "True")

    def test_unregistered_in_time_and_unknown(self):
        self.assert_ends("""
keepalive.bridge_timers()
timers.register(print, first_interval=3600)
timers.unregister(print)
try:
    timers.unregister(print)
except ValueError as error:
    print(error)
keepalive.run()
""", "Error: function is not registered")

    def test_another_file_drops_what_is_not_persistent(self):
        self.assert_ends("""
keepalive.bridge_timers()
timers.register(lambda: print("dropped"), first_interval=0.01)
timers.register(lambda: print("kept"), first_interval=0.01, persistent=True)
for handler in bpy.app.handlers.load_pre:
    handler(None)
keepalive.run()
""", "kept")

    def test_an_exception_drops_the_timer_and_nothing_else(self):
        ended = self.assert_ends("""
def broken(): raise ValueError("in a timer")
keepalive.bridge_timers()
timers.register(broken)
timers.register(lambda: print("fine"), first_interval=0.01)
keepalive.run()
""", "fine")
        self.assertEqual(ended.err.count("ValueError: in a timer"), 1)

    def test_a_timer_that_kicks_the_loop(self):
        ended = self.assert_ends("""
import asyncio
def kick():
    loop = asyncio.get_event_loop()
    loop.stop()
    loop.run_forever()
    return 0.01
timers.register(kick)
async def work():
    await asyncio.sleep(0.05)
    print("worked")
keepalive.main_loop().create_task(work())
keepalive.run()
""", "worked")
        self.assertEqual(ended.err, "")

    def test_switched_off(self):
        self.assert_ends("""
timers.register(lambda: print("fired"))
keepalive.run(timers=False)
""")


if __name__ == "__main__":
    unittest.main()
