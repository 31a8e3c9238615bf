"""keepalive: when it ends, and with which status."""
import signal
import textwrap
import unittest

from context import Script, run

SERVER = """
    import asyncio, atexit, keepalive
    def clean(): print("clean-up", flush=True)
    loop = keepalive.main_loop()
    class Protocol(asyncio.Protocol):
        pass
    server = loop.run_until_complete(loop.create_server(Protocol, "127.0.0.1", 0))
    loop.call_soon(print, "ready")
    loop.call_soon(lambda: __import__("sys").stdout.flush())
    atexit.register(print, "atexit")
"""


def serving(code):
    """A script with a server that is no task, then the code."""
    return textwrap.dedent(SERVER) + textwrap.dedent(code)


class EndTest(unittest.TestCase):
    def assert_ended(self, ended, code, *texts):
        self.assertEqual(ended.code, code, ended)
        for text in texts:
            self.assertEqual((ended.out + ended.err).count(text), 1, "%s\n%r" % (text, ended))

    def test_no_work_at_all(self):
        self.assert_ended(run("import keepalive; keepalive.run()"), 0)

    def test_task_done(self):
        self.assert_ended(run("""
            import asyncio, keepalive
            async def work():
                await asyncio.sleep(0.01)
                print("done")
            keepalive.main_loop().create_task(work())
            keepalive.run(cleanup=lambda: print("clean-up"))
        """), 0, "done", "clean-up")

    def test_server_closed_without_any_task(self):
        self.assert_ended(run(serving("""
            loop.call_later(0.05, server.close)
            keepalive.run(cleanup=clean)
        """)), 0, "clean-up", "atexit")

    def test_last_thread_ended(self):
        self.assert_ended(run("""
            import keepalive, threading
            go = threading.Event()
            def work():
                go.wait()
                keepalive.submit(print, "from the thread").result()
            threading.Thread(target=work, daemon=True).start()
            keepalive.main_loop().call_later(0.05, go.set)
            keepalive.run()
        """), 0, "from the thread")

    def test_idle_pool_is_no_work(self):
        self.assert_ended(run("""
            import asyncio, keepalive
            loop = keepalive.main_loop()
            loop.create_task(asyncio.wait([loop.run_in_executor(None, print, "pooled")]))
            keepalive.run()
        """), 0, "pooled")

    def test_signals_end_a_server(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for drive in ("selector", "kick"):
                script = Script(serving("keepalive.run(cleanup=clean, drive=%r)" % drive))
                self.assertEqual(script.line(), "ready")
                script.signal(number)
                self.assert_ended(script.end(), 0, "clean-up", "atexit")

    def test_second_signal_does_not_repeat_the_clean_up(self):
        script = Script(serving("""
            def slow():
                print("clean-up", flush=True)
                input()
            keepalive.run(cleanup=slow)
        """))
        self.assertEqual(script.line(), "ready")
        script.signal(signal.SIGTERM)
        self.assertEqual([script.line(), script.line()],
                         ["keepalive: SIGTERM, stopping", "clean-up"])
        script.signal(signal.SIGTERM)
        script.process.stdin.write("\n")
        ended = script.end()
        self.assertNotIn("clean-up", ended.out)
        self.assertEqual(ended.code, 0, ended)

    def test_third_signal_ends_a_clean_up_that_hangs(self):
        script = Script("""
            import keepalive, os, signal, threading
            def hang():
                os.kill(os.getpid(), signal.SIGTERM)
                os.kill(os.getpid(), signal.SIGTERM)
                print("two", flush=True)
                os.kill(os.getpid(), signal.SIGTERM)
                threading.Event().wait()
            keepalive.run(cleanup=hang)
        """)
        ended = script.end()
        self.assertEqual((ended.code, ended.out), (128 + signal.SIGTERM, "two\n"), ended)

    def test_signal_before_run(self):
        self.assert_ended(run("""
            import keepalive, os, signal
            loop = keepalive.prepare()
            loop.call_later(3600, print)
            os.kill(os.getpid(), signal.SIGTERM)
            keepalive.run(cleanup=lambda: print("clean-up"))
        """), 0, "clean-up", "SIGTERM, stopping")

    def test_coroutine_as_clean_up_and_tasks_cancelled(self):
        self.assert_ended(run("""
            import asyncio, keepalive
            async def work():
                try:
                    await asyncio.sleep(3600)
                finally:
                    print("cancelled")
            async def clean():
                await asyncio.sleep(0)
                print("clean-up")
            loop = keepalive.main_loop()
            loop.create_task(work())
            loop.call_soon(lambda: loop.call_soon(keepalive.stop))
            keepalive.run(cleanup=clean)
        """), 0, "cancelled", "clean-up")

    def test_clean_up_that_closes_the_loop(self):
        self.assert_ended(run("""
            import asyncio, keepalive
            loop = keepalive.main_loop()
            keepalive.run(cleanup=loop.close)
        """), 0)

    def test_stop_with_a_status(self):
        self.assert_ended(run(serving("""
            loop.call_later(0.01, keepalive.stop, 5)
            keepalive.run(cleanup=clean)
        """)), 5, "clean-up")

    def test_status_returned_instead(self):
        self.assert_ended(run("import keepalive; print('status', keepalive.run(exit=False))"),
                          0, "status 0")

    def test_wrong_drive(self):
        self.assert_ended(run("import keepalive; keepalive.run(drive='wheel')"),
                          1, "drive is 'wheel'")


class ExceptionTest(unittest.TestCase):
    def assert_fails(self, code, *texts):
        for drive in ("selector", "kick"):
            ended = run(code + "keepalive.run(cleanup=clean, drive=%r)\n" % drive)
            self.assertEqual(ended.code, 1, ended)
            for text in texts + ("clean-up",):
                self.assertIn(text, ended.out + ended.err)

    def test_in_a_callback(self):
        self.assert_fails(serving("""
            def broken(): raise ValueError("in a callback")
            loop.call_later(0.01, broken)
        """), "Traceback", "ValueError: in a callback")

    def test_in_a_task_that_nobody_awaits(self):
        self.assert_fails(serving("""
            async def broken(): raise ValueError("in a task")
            loop.create_task(broken())
        """), "Traceback", "ValueError: in a task")

    def test_in_a_task_that_is_kept(self):
        ended = run("""
            import keepalive
            async def broken(): raise ValueError("kept")
            task = keepalive.main_loop().create_task(broken())
            keepalive.run()
        """)
        self.assertEqual(ended.code, 1, ended)
        self.assertIn("ValueError: kept", ended.err)

    def test_in_the_clean_up(self):
        ended = run(serving("""
            async def work(): pass
            def broken(): raise ValueError("in the clean-up")
            server.close()
            keepalive.run(cleanup=broken)
        """))
        self.assertEqual(ended.code, 1, ended)
        self.assertIn("ValueError: in the clean-up", ended.err)
        self.assertIn("atexit", ended.out)

    def test_in_the_protocol_of_one_connection(self):
        ended = run(serving("""
            import socket, threading
            class Broken(Protocol):
                def data_received(self, data): raise ValueError("one connection")
            Protocol.data_received = Broken.data_received
            def client():
                for _ in range(2):
                    with socket.create_connection(server.sockets[0].getsockname()) as connection:
                        connection.sendall(b"x")
                        print("closed", connection.recv(1))
                loop.call_soon_threadsafe(keepalive.stop)
            threading.Thread(target=client).start()
            keepalive.run(cleanup=clean)
        """))
        self.assertEqual(ended.code, 0, ended)
        self.assertEqual(ended.err.count("ValueError: one connection"), 2, ended)

    def test_in_the_handler_of_one_stream(self):
        ended = run("""
            import asyncio, keepalive, socket, threading
            async def broken(reader, writer):
                try:
                    await reader.readline()
                    raise ValueError("one stream")
                finally:
                    writer.close()
            loop = keepalive.main_loop()
            server = loop.run_until_complete(asyncio.start_server(broken, "127.0.0.1", 0))
            def client():
                for _ in range(2):
                    with socket.create_connection(server.sockets[0].getsockname()) as connection:
                        connection.sendall(b"x\\n")
                        connection.recv(1)
                loop.call_soon_threadsafe(keepalive.stop)
            threading.Thread(target=client).start()
            keepalive.run()
        """)
        self.assertEqual(ended.code, 0, ended)
        self.assertIn("ValueError: one stream", ended.err)

    def test_system_exit_with_a_number_and_with_a_text(self):
        for argument, code in (("3", 3), ("", 0), ("'Shutdown requested'", 0)):
            ended = run(serving("""
            def leave(): raise SystemExit(%s)
            loop.call_later(0.01, leave)
            keepalive.run(cleanup=clean)
            """ % argument))
            self.assertEqual(ended.code, code, ended)
            self.assertEqual(ended.out.count("clean-up"), 1, ended)
            self.assertEqual(ended.err, "")

    def test_handler_of_the_author(self):
        ended = run(serving("""
            loop.set_exception_handler(lambda loop, context: print("own handler"))
            def broken(): raise ValueError("in a callback")
            loop.call_soon(broken)
            loop.call_later(0.01, keepalive.stop)
            keepalive.run()
        """))
        self.assertEqual(ended.code, 0, ended)
        self.assertIn("own handler", ended.out)


if __name__ == "__main__":
    unittest.main()
