"""tcp_echo served by keepalive in plain Python, spoken to over TCP."""
import json
import signal
import socket
import struct
import threading
import unittest

from context import LONG, Script

SERVE = "import keepalive, tcp_echo; tcp_echo.start_server_from_script(); " \
        "keepalive.run(cleanup=tcp_echo.cleanup_server)"
SEEDS = """
import time
import tcp_echo
tcp_echo.start_server_from_script()
try:
    while True:
        from tcp_echo import async_loop
        should_stop = async_loop.kick_async_loop()
        if should_stop:
            break
        time.sleep(0.01)
except SystemExit:
    print("Shutdown requested, exiting cleanly")
"""


class Service(Script):
    def __init__(self, code=SERVE, **settings):
        env = {"BLENDER_HTTP_ECHO_PORT": "0"}
        env.update({"BLENDER_HTTP_ECHO_" + name: str(value) for name, value in settings.items()})
        super().__init__(code, env)
        announced = self.line()
        if not announced.startswith("tcp_echo: listening on 127.0.0.1:"):
            raise AssertionError("%s %r" % (announced, self.end()))
        self.port = int(announced.rsplit(":", 1)[1])

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=LONG)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, request, piece=None):
        """The reply to one request on a connection of its own, in pieces if asked to."""
        wire = request if isinstance(request, bytes) else json.dumps(request).encode("utf-8")
        with self.connect() as connection:
            for at in range(0, len(wire), piece or len(wire)):
                connection.sendall(wire[at:at + (piece or len(wire))])
            return json.loads(read_all(connection).decode("utf-8"))


def read_all(connection):
    pieces = []
    while True:
        piece = connection.recv(1 << 20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


class ServiceTest(unittest.TestCase):
    """One service for many checks; it has to be alive and clean at the end."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service(MAX_MESSAGE=80 << 20, REQUEST_SECONDS=1)

    @classmethod
    def tearDownClass(cls):
        cls.service.signal(signal.SIGTERM)
        ended = cls.service.end()
        assert ended.code == 0, ended
        assert "Traceback" not in ended.err, ended

    def test_echo(self):
        for message in ("hi", "", "\u00e9\u4e16\U0001f600 \ud800", None, 1.5, [1, {"a": []}],
                        {"code": 1}, "}\n{"):
            request = {"message": message}
            for piece in (None, 1, 3):
                self.assertEqual(self.service.ask(request, piece), {"ok": True, "message": message})

    def test_no_delay_on_connections_that_stay_open(self):
        code = """
import socket, tcp_echo
[connection.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
 for connection in tcp_echo._server.connections if not connection.closing]"""
        with self.service.connect() as connection, connection.makefile("rb") as replies:
            connection.sendall(json.dumps({"code": code}).encode() + b"\n")
            result = json.loads(replies.readline().decode())["result"]
        self.assertEqual(set(map(bool, result)), {True})

    def test_long_messages(self):
        for size in (1 << 20, 64 << 20):
            reply = self.service.ask({"message": "x" * size})
            self.assertEqual(len(reply["message"]), size)

    def test_id_comes_back(self):
        self.assertEqual(self.service.ask({"message": 1, "id": [2]})["id"], [2])
        self.assertEqual(self.service.ask({"code": "1/0", "id": "x"})["id"], "x")
        self.assertEqual(self.service.ask({"id": None})["id"], None)

    def test_lines_on_a_connection_that_stays_open(self):
        with self.service.connect() as connection, connection.makefile("rb") as replies:
            for number in range(3):
                connection.sendall(b'{"message": %d}\n' % number)
                self.assertEqual(json.loads(replies.readline().decode())["message"], number)
            connection.sendall(b'nonsense\n{"code": "6*7"}\n')
            self.assertFalse(json.loads(replies.readline().decode())["ok"])
            self.assertEqual(json.loads(replies.readline().decode())["result"], 42)
            connection.sendall(b'{"message": "last"}')
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(json.loads(replies.readline().decode())["message"], "last")
            self.assertEqual(replies.read(), b"")

    def test_lines_byte_by_byte(self):
        with self.service.connect() as connection, connection.makefile("rb") as replies:
            for byte in b'\n{"message": 1}\n{"message": 2}\n':
                connection.sendall(bytes([byte]))
            self.assertEqual([json.loads(replies.readline().decode())["message"]
                              for _ in range(2)], [1, 2])

    def test_many_at_once_on_one_connection(self):
        """More replies than the buffers hold: reading stops until the client reads."""
        count, text = 2000, "x" * 10000
        with self.service.connect() as connection, connection.makefile("rb") as replies:
            def send():
                for number in range(count):
                    connection.sendall(json.dumps({"id": number, "message": text}).encode() + b"\n")
            sender = threading.Thread(target=send)
            sender.start()
            for number in range(count):
                self.assertEqual(json.loads(replies.readline().decode())["id"], number)
            sender.join()

    def test_many_connections_at_once(self):
        wrong = []

        def ask(number):
            if self.service.ask({"message": number})["message"] != number:
                wrong.append(number)
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_bad_requests_get_an_error(self):
        for wire, kind in ((b"hello", "BadRequest"), (b"[1]", "BadRequest"), (b'"x"', "BadRequest"),
                           (b'{"message": }', "BadRequest"), (b'{"message": NaN}', "BadRequest"),
                           (b'{"message": "\xff"}', "BadRequest"), (b"{}", "BadRequest"),
                           (b'{"code": 1}', "BadRequest"), (b"{" * 100000, "BadRequest"),
                           (b'{"message": ' + b"[" * 20000 + b"]" * 20000 + b"}", "BadRequest"),
                           (b'{"message": 1e999}', "ValueError"), (b"\x16\x03\x01", "BadRequest"),
                           (b"GET / HTTP/1.1\r\n\r\n", "BadRequest")):
            reply = self.service.ask(wire)
            self.assertEqual((reply["ok"], reply["error"]["type"]), (False, kind), wire[:50])

    def test_half_a_request_then_the_end(self):
        with self.service.connect() as connection:
            connection.sendall(b'{"message": "ha')
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(json.loads(read_all(connection).decode())["error"]["type"],
                             "IncompleteRequest")

    def test_half_a_request_then_nothing(self):
        reply = self.service.ask(b'{"message": "ha')
        self.assertEqual(reply["error"]["type"], "RequestTimeout")

    def test_too_long(self):
        reply = self.service.ask(b'{"message": "' + b"x" * (81 << 20) + b'"}')
        self.assertEqual(reply["error"]["type"], "MessageTooLarge")

    def test_vanished_clients(self):
        for wire in (b"", b'{"message": ', b'{"message": "%s"}' % (b"x" * (1 << 20))):
            connection = self.service.connect()
            connection.sendall(wire)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        self.assertTrue(self.service.ask({"message": 1})["ok"])

    def test_code_that_takes_longer_than_a_request_may(self):
        late = []

        def ask():
            late.append(self.service.ask({"code": "import time; time.sleep(3); 1"}))
        slow = threading.Thread(target=ask)
        with self.service.connect() as connection, connection.makefile("rb") as replies:
            connection.sendall(b'{"message": 0}\n')  # known to be served before the wait
            replies.readline()
            slow.start()
            connection.sendall(b'{"message": ')
            slow.join()
            connection.sendall(b'1}\n')
            self.assertEqual(json.loads(replies.readline().decode())["message"], 1)
        self.assertEqual(late[0]["result"], 1)


class EndTest(unittest.TestCase):
    def test_quit_is_answered_first(self):
        for code, lines in ((SERVE, False), (SERVE, True), (SEEDS, False), (SEEDS, True)):
            service = Service(code)
            reply = service.ask(b'{"code": "quit_blender"}' + (b"\n" if lines else b""))
            self.assertEqual((reply["ok"], reply["quit"]), (True, True))
            ended = service.end()
            self.assertEqual((ended.code, ended.err), (0, ""), ended)

    def test_a_large_reply_leaves_before_the_end(self):
        service = Service()
        with service.connect() as connection:
            connection.sendall(json.dumps({"message": "x" * (8 << 20)}).encode())
            first = connection.recv(1)
            service.signal(signal.SIGTERM)
            self.assertEqual(len(json.loads((first + read_all(connection)).decode())["message"]),
                             8 << 20)
        self.assertEqual(service.end().code, 0)

    def test_port_taken_and_invalid(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen(1)
            for code in (SERVE, SEEDS):
                for value in (taken.getsockname()[1], "70000", "no", ""):
                    ended = Script(code, {"BLENDER_HTTP_ECHO_PORT": str(value)}).end()
                    self.assertEqual((ended.code, ended.out), (1, ""), ended)
                    self.assertEqual(ended.err.count("\n"), 1, ended)
                    self.assertIn("BLENDER_HTTP_ECHO_PORT=", ended.err)
                    self.assertIn("set a", ended.err)

    def test_token(self):
        service = Service(TOKEN="s3cret \u00e9")
        for request in ({"message": 1}, {"code": "1"}, {"message": 1, "token": "s3cret"},
                        {"message": 1, "token": None}, {"code": "quit_blender", "token": "\ud800"}):
            self.assertEqual(service.ask(request)["error"]["type"], "Unauthorized")
        self.assertTrue(service.ask({"message": 1, "token": "s3cret \u00e9"})["ok"])
        self.assertTrue(service.ask({"code": "quit_blender", "token": "s3cret \u00e9"})["ok"])
        self.assertEqual(service.end().code, 0)

    def test_connections_over_the_limit_are_told(self):
        service = Service(MAX_CONNECTIONS=2)
        with service.connect() as first, service.connect() as second:
            for connection in (first, second):  # known to be accepted
                connection.sendall(b'{"message": 1}\n')
                connection.recv(1000)
            self.assertEqual(service.ask({"message": 1})["error"]["type"], "TooManyConnections")
            first.sendall(b'{"message": 2}\n')
            self.assertEqual(json.loads(first.recv(1000).decode())["message"], 2)
        service.signal(signal.SIGTERM)
        self.assertEqual(service.end().code, 0)

    def test_clean_up_is_idempotent_and_gives_the_port_back(self):
        ended = Script("""
            import keepalive, socket, tcp_echo
            tcp_echo.cleanup_server()
            tcp_echo.start_server_from_script()
            tcp_echo.start_server_from_script()
            port = tcp_echo._server.socket.getsockname()[1]
            keepalive.kick_async_loop()
            tcp_echo.cleanup_server()
            tcp_echo.cleanup_server()
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", port))
            keepalive.run()
        """, {"BLENDER_HTTP_ECHO_PORT": "0"}).end()
        self.assertEqual((ended.code, ended.err), (0, ""), ended)
        self.assertEqual(ended.out.count("listening"), 1)


if __name__ == "__main__":
    unittest.main()
