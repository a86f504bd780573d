import glob
import http.server
import os
import signal
import threading

from tests.installing import Installing
from tests.running_node import PATIENCE


class _Index(http.server.BaseHTTPRequestHandler):
    """Holds back the wheel until it may come."""

    def do_GET(self):  # pylint: disable=invalid-name
        server = self.server
        name = self.path.rsplit("/", 1)[1]
        if not name:
            self._answer("text/html", b'<a href="/greeting-1.0-py3-none-any.whl">greeting-1.0-py3-none-any.whl</a>')
            return
        server.asked.set()
        server.downloads += 1
        server.may_come.wait(PATIENCE)
        with open(os.path.join(server.folder, name), "rb") as wheel:
            self._answer("application/octet-stream", wheel.read())

    def _answer(self, media_type, body):
        try:
            self.send_response(200)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(body)))
            self.send_header("cache-control", "max-age=600")
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class InstallFromIndexTest(Installing):
    """With an index over HTTP, whose answers can be slow."""

    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Index)
        self.server.daemon_threads = True
        self.server.folder = self.wheels
        self.server.asked = threading.Event()
        self.server.may_come = threading.Event()
        self.server.downloads = 0
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(self.server.may_come.set)
        self.require("greeting==1.0\n")
        url = "http://user:secret@127.0.0.1:%d/simple/" % self.server.server_port
        self.index = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": url}

    def test_killed_in_the_middle_and_repeated(self):
        with self.start(**self.index) as process:
            self.assertTrue(self.server.asked.wait(PATIENCE))
            process.kill()
        self.assertFalse(os.path.exists(self.libraries))
        self.assertEqual(len(glob.glob(self.volume + "/unfinished-*")), 1)
        self.server.may_come.set()
        self.assert_installs(**self.index)

    def test_sigterm_ends_it_and_is_no_success(self):
        with self.start(**self.index) as process:
            self.assertTrue(self.server.asked.wait(PATIENCE))
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"stopped before", errors)
        self.assertEqual(os.listdir(self.volume), [])

    def test_a_time_limit(self):
        reason = self.assert_refused("within 3 seconds", KRT_REQUIREMENTS_TIMEOUT_SECONDS="3", **self.index)
        self.assertNotIn("secret", reason)
        self.assertEqual(os.listdir(self.volume), [])

    def test_a_cache_is_asked_first(self):
        self.server.may_come.set()
        cache = os.path.join(self.folder, "cache")
        for volume in ("one", "other"):
            code, _, reason = self.install(
                KRT_REQUIREMENTS_DIR=os.path.join(self.folder, volume),
                PIP_CACHE_DIR=cache,
                # pip keeps nothing that came over plain HTTP from a host that is not trusted.
                PIP_TRUSTED_HOST="127.0.0.1",
                **self.index
            )
            self.assertEqual(code, 0, reason)
        self.assertEqual(self.server.downloads, 1)

    def test_a_password_of_the_index_is_not_logged(self):
        self.require("not-there==1.0\n")
        code, messages, reason = self.install(**self.index)
        self.assertEqual(code, 1)
        self.assertNotIn("secret", "\n".join(messages) + reason)
