"""A node as the cluster starts it: a package in a folder and a real process."""
import http.client
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

RUNNER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "krt_runner")
PATIENCE = 20.0


class RunningNode:
    """Use as a context manager: ends its process."""

    def __init__(self, source, files=None, src="src/node/main.py", start=(RUNNER,), cwd=None, **env):
        self._folder = tempfile.TemporaryDirectory()
        self.package = os.path.realpath(self._folder.name)
        for path, text in dict(files or {}, **{src: source}).items():
            full = os.path.join(self.package, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as output:
                output.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        self.termination_log = os.path.join(self.package, "termination-log")
        environment = {
            "PATH": os.environ["PATH"],
            "KRT_HOST": "127.0.0.1",
            "KRT_PORT_HTTP": "0",
            "KRT_PACKAGE_DIR": self.package,
            "KRT_NODE_NAME": "node-a",
            "KRT_NODE_SRC": src,
            "KRT_TERMINATION_LOG": self.termination_log,
        }
        environment.update(env)
        self.process = subprocess.Popen(
            [sys.executable] + list(start),
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines = []
        self._arrivals = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read, args=(stream, name), daemon=True)
            for name, stream in (("out", self.process.stdout), ("err", self.process.stderr))
        ]
        for reader in self._readers:
            reader.start()
        self.port = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        self._folder.cleanup()

    def _read(self, stream, name):
        for line in stream:
            self._arrivals.put((name, line.decode("utf-8").rstrip("\n")))

    def wait_for_line(self, accept, stream="out"):
        deadline = time.monotonic() + PATIENCE
        for name, line in self.lines:
            if name == stream and accept(line):
                return line
        while True:
            try:
                name, line = self._arrivals.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError("no such line among %r" % self.lines)
            self.lines.append((name, line))
            if name == stream and accept(line):
                return line

    def ready(self):
        line = self.wait_for_line(lambda text: "is ready on" in text)
        self.port = int(json.loads(line)["message"].rsplit(" ", 1)[1])
        return self

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def request(self, method, path, body=None, headers=None, connection=None):
        own = connection or self.connect()
        try:
            own.request(method, path, body=body, headers=headers or {})
            response = own.getresponse()
            return response.status, json.loads(response.read().decode("utf-8") or "null")
        finally:
            if connection is None:
                own.close()

    def call(self, request, headers=None, connection=None):
        return self.request("POST", "/", json.dumps(request), headers, connection)

    def end(self):
        """(exit code, last line of stderr)"""
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        while not self._arrivals.empty():
            self.lines.append(self._arrivals.get())
        errors = [line for name, line in self.lines if name == "err"]
        return code, errors[-1] if errors else ""
