import os
import pickle
import signal
import socket
import unittest

from tests.running_node import RUNNER, RunningNode

ECHO = "def handler(ctx, data):\n    return data\n"


class StartTest(unittest.TestCase):
    def test_both_ways_of_starting(self):
        with RunningNode(ECHO, start=("-m", "krt_runner"), cwd=os.path.dirname(RUNNER)) as node:
            self.assertEqual(node.ready().call({"a": 1}), (200, {"a": 1}))

    def test_folder_and_root_of_the_package_are_importable(self):
        # A module named like one of the runner's own, and one like the standard library's user.
        source = "import beside\nfrom shared import below\nimport settings\n" + (
            "def handler(ctx, data):\n    return {'v': [beside.V, below.V, settings.V]}\n"
        )
        files = {"src/node/beside.py": "V = 1\n", "shared/below.py": "V = 2\n", "settings.py": "V = 3\n"}
        with RunningNode(source, files) as node:
            self.assertEqual(node.ready().call({}), (200, {"v": [1, 2, 3]}))
            self.assertFalse(os.path.exists(os.path.join(node.package, "__pycache__")))

    def test_not_ready_while_importing_and_initialising(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        for step in ("", "def init(ctx):\n    wait()\n", "async def init(ctx):\n    await wait_async()\n"):
            with self.subTest(step=step):
                source = (
                    "import asyncio, os, time\n"
                    "def wait():\n    print('waiting', flush=True)\n"
                    "    while not os.path.exists('%(gate)s'):\n        time.sleep(0.01)\n"
                    "async def wait_async():\n    print('waiting', flush=True)\n"
                    "    while not os.path.exists('%(gate)s'):\n        await asyncio.sleep(0.01)\n"
                ) + (step or "wait()\n") + ECHO
                gate = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".gate-%d" % os.getpid())
                with RunningNode(source % {"gate": gate}, KRT_PORT_HTTP=str(port)) as node:
                    try:
                        node.port = port
                        node.wait_for_line(lambda text: text == "waiting")
                        self.assertEqual(node.request("GET", "/healthz")[0], 503)
                        self.assertEqual(node.call({})[0], 503)
                        open(gate, "w").close()
                        node.ready()
                        self.assertEqual(node.request("GET", "/healthz"), (200, {"status": "ok"}))
                    finally:
                        if os.path.exists(gate):
                            os.remove(gate)

    def assert_ends(self, node, code, *words):
        found, reason = node.end()
        self.assertEqual(found, code, node.lines)
        for word in words:
            self.assertIn(word, reason)
        if code == 1:
            with open(node.termination_log) as log:
                self.assertEqual(log.read().strip(), reason)

    def test_reasons_of_not_starting(self):
        cases = [
            ("raise RuntimeError('no model')\n", {}, ("src/node/main.py", "RuntimeError: no model")),
            ("import not_there\n", {}, ("No module named 'not_there'",)),
            ("def f():\n  return 1 +\n", {}, ("SyntaxError",)),
            ("def init(ctx):\n    1 / 0\n" + ECHO, {}, ("ZeroDivisionError",)),
            ("async def init(ctx):\n    1 / 0\n" + ECHO, {}, ("ZeroDivisionError",)),
            ("x = 1\n", {}, ("no function 'handler(ctx, data)'",)),
            ("def default_handler(ctx, data): pass\n", {}, ("default_handler",)),
            (ECHO, {"KRT_CONVENTION": "any"}, ("convention 'any' is not supported",)),
            (ECHO, {"KRT_PORT_HTTP": "http"}, ("KRT_PORT_HTTP must be a whole number",)),
            (ECHO, {"KRT_NODE_SRC": "src/nope.py"}, ("'src/nope.py' does not exist",)),
            (ECHO, {"KRT_NODE_SRC": "../../etc/passwd"}, ("outside of the package",)),
            ("import sys\nsys.exit('bad weather')\n", {}, ("bad weather",)),
        ]
        for source, env, words in cases:
            with self.subTest(source=source, env=env), RunningNode(source, **env) as node:
                self.assert_ends(node, 1, *words)

    def test_occupied_port(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen(1)
            port = str(taken.getsockname()[1])
            with RunningNode(ECHO, KRT_PORT_HTTP=port) as node:
                self.assert_ends(node, 1, "cannot listen on 127.0.0.1:" + port)

    def test_exit_codes_of_the_module(self):
        for source, code in (("import sys\nsys.exit(7)\n", 7), ("import sys\nsys.exit()\n", 0)):
            with RunningNode(source) as node:
                self.assertEqual(node.end()[0], code)

    def test_exit_from_a_handler(self):
        for word in ("", "async "):
            with RunningNode("import sys\n" + word + "def handler(ctx, data):\n    sys.exit(9)\n") as node:
                status, body = node.ready().call({})
                self.assertEqual((status, body["error"]["type"]), (500, "SystemExit"))
                self.assertEqual(node.end()[0], 9)

    def test_a_model_of_another_time(self):
        # What pickle writes for an object of a class of a library that is not there.
        model = b"\x80\x03csklearn.ensemble.forest\nForest\nq\x00)\x81q\x01}q\x02(X\x10\x00\x00\x00_sklearn_versionq\x03X\x06\x00\x00\x000.20.4q\x04ub."
        source = (
            "import pickle\n"
            "def init(ctx):\n    with open(ctx.path('models/forest.pkl'), 'rb') as f:\n        ctx.set('m', pickle.load(f))\n"
        ) + ECHO
        with RunningNode(source, {"models/forest.pkl": model}) as node:
            self.assert_ends(
                node, 1, "models/forest.pkl", "library sklearn", "installed version: ", "made with: 0.20.4"
            )
        broken = pickle.dumps([1, 2, 3])[:-2]
        with RunningNode(source, {"models/forest.pkl": broken}) as node:
            self.assert_ends(node, 1, "models/forest.pkl", "cannot be unpickled")


class StopTest(unittest.TestCase):
    def test_calls_in_flight_finish(self):
        source = (
            "import os, sys, time\n"
            "def handler(ctx, data):\n    print('in', flush=True)\n"
            "    while not os.path.exists(data['gate']):\n        time.sleep(0.01)\n    return {'done': True}\n"
        )
        with RunningNode(source) as node:
            gate = os.path.join(node.package, "gate")
            node.ready()
            calling = node.connect()
            calling.request("POST", "/", '{"gate": "%s"}' % gate)
            node.wait_for_line(lambda text: text == "in")
            idle = node.connect()
            idle.connect()
            node.process.send_signal(signal.SIGTERM)
            # Idle connections are closed at once, and no new one is taken.
            self.assertEqual(idle.sock.recv(1), b"")
            idle.close()
            with self.assertRaises(OSError):
                node.request("GET", "/healthz")
            open(gate, "w").close()
            response = calling.getresponse()
            self.assertEqual((response.status, response.getheader("connection")), (200, "close"))
            self.assertEqual(response.read(), b'{"done":true}')
            calling.close()
            self.assertEqual(node.end()[0], 0)

    def test_a_handler_that_hangs_is_left_after_the_grace_period(self):
        source = "import time\ndef handler(ctx, data):\n    print('in', flush=True)\n    time.sleep(600)\n"
        with RunningNode(source, KRT_GRACE_SECONDS="0") as node:
            calling = node.ready().connect()
            calling.request("POST", "/", "{}")
            node.wait_for_line(lambda text: text == "in")
            node.process.send_signal(signal.SIGTERM)
            self.assertEqual(node.end()[0], 0)
            calling.close()

    def test_stop_while_starting(self):
        with RunningNode("import time\nprint('importing', flush=True)\ntime.sleep(600)\n" + ECHO) as node:
            node.wait_for_line(lambda text: text == "importing")
            node.process.send_signal(signal.SIGTERM)
            self.assertEqual(node.end()[0], 0)


class HttpTest(unittest.TestCase):
    def raw(self, node, data):
        with socket.create_connection(("127.0.0.1", node.port), timeout=20) as connection:
            connection.sendall(data)
            received = b""
            while True:
                part = connection.recv(65536)
                if not part:
                    return received
                received += part

    def test_keep_alive_and_pipelining(self):
        with RunningNode(ECHO) as node:
            connection = node.ready().connect()
            connection.connect()
            local = connection.sock.getsockname()
            for number in range(3):
                self.assertEqual(node.call({"n": number}, connection=connection), (200, {"n": number}))
            self.assertEqual(connection.sock.getsockname(), local)
            connection.close()
            post = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 7\r\n%s\r\n"
            both = self.raw(node, post % b"" + b'{"n":1}' + post % b"connection: close\r\n" + b'{"n":2}')
            self.assertEqual(both.count(b"HTTP/1.1 200 OK"), 2)
            self.assertLess(both.index(b'{"n":1}'), both.index(b'{"n":2}'))

    def test_refusals(self):
        with RunningNode(ECHO, KRT_MAX_BODY_BYTES="100") as node:
            node.ready()
            self.assertEqual(node.request("POST", "/", "[1]")[0], 400)
            self.assertEqual(node.request("POST", "/", "{")[0], 400)
            self.assertEqual(node.request("POST", "/", b"\xff\xfe")[0], 400)
            self.assertEqual(node.request("POST", "/", "[" * 99)[0], 400)
            self.assertEqual(node.request("POST", "/", " " * 101)[0], 413)
            self.assertEqual(node.request("POST", "/other", "{}")[0], 404)
            self.assertEqual(node.request("GET", "/")[0], 405)
            self.assertIn(b"411", self.raw(node, b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"))
            self.assertIn(b"400", self.raw(node, b"hello\r\n\r\n"))
            self.assertIn(b"400", self.raw(node, b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"))
            self.assertIn(b"431", self.raw(node, b"GET / HTTP/1.1\r\nx: " + b"a" * 40000))
            self.assertEqual(node.call({"ok": 1}), (200, {"ok": 1}))

    def test_expect_continue(self):
        with RunningNode(ECHO) as node:
            with socket.create_connection(("127.0.0.1", node.ready().port), timeout=20) as connection:
                connection.sendall(b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
                self.assertEqual(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
                connection.sendall(b"{}")
                self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 200 OK"))

    def test_idle_connections_are_closed(self):
        with RunningNode(ECHO, KRT_IDLE_TIMEOUT_SECONDS="1") as node:
            with socket.create_connection(("127.0.0.1", node.ready().port), timeout=20) as connection:
                self.assertEqual(connection.recv(1), b"")


if __name__ == "__main__":
    unittest.main()
