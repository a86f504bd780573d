"""A package, a folder of wheels and a volume, and the command that installs the one from the other into the third."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

from tests.running_node import RUNNER
from tests.wheels import write_wheel

#: Debian has the wheel where the module is not installed.
_DEBIAN_WHEELS = glob.glob("/usr/share/python-wheels/pip-*.whl")


def _pip():
    found = subprocess.call([sys.executable, "-I", "-c", "import pip"], stderr=subprocess.DEVNULL)
    if found == 0:
        return {}
    return {"KRT_PIP": os.path.join(_DEBIAN_WHEELS[0], "pip")} if _DEBIAN_WHEELS else None


PIP = _pip()


@unittest.skipIf(PIP is None, "this Python has no pip")
class Installing(unittest.TestCase):
    python = sys.executable

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = os.path.realpath(temporary.name)
        self.package = os.path.join(self.folder, "package")
        self.wheels = os.path.join(self.folder, "wheels")
        self.volume = os.path.join(self.folder, "volume")
        self.libraries = os.path.join(self.volume, "libraries")
        self.termination_log = os.path.join(self.folder, "termination-log")
        os.mkdir(self.package)
        os.mkdir(self.wheels)
        self.hash = write_wheel(self.wheels, "greeting", "1.0", "TEXT = 'hello'\n")

    def require(self, text, path="requirements.txt"):
        full = os.path.join(self.package, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as output:
            output.write(text if isinstance(text, bytes) else text.encode("utf-8"))

    def start(self, **env):
        environment = {
            "PATH": os.environ["PATH"],
            "KRT_PACKAGE_DIR": self.package,
            "KRT_NODE_SRC": "src/main.py",
            "KRT_REQUIREMENTS_DIR": self.volume,
            "KRT_TERMINATION_LOG": self.termination_log,
            "PIP_FIND_LINKS": self.wheels,
            "PIP_NO_INDEX": "1",
        }
        environment.update(PIP)
        environment.update(env)
        return subprocess.Popen(
            [self.python, RUNNER, "install"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def install(self, **env):
        """(exit code, messages of the log, reason)"""
        with self.start(**env) as process:
            output, errors = process.communicate(timeout=60)
        messages = [json.loads(line)["message"] for line in output.decode("utf-8").splitlines()]
        lines = errors.decode("utf-8").splitlines()
        return process.returncode, messages, lines[-1] if lines else ""

    def assert_installs(self, **env):
        code, messages, reason = self.install(**env)
        self.assertEqual(code, 0, (reason, messages))
        self.assertEqual(os.listdir(self.volume), ["libraries"] if os.path.exists(self.libraries) else [])
        return messages

    def assert_refused(self, *words, **env):
        code, messages, reason = self.install(**env)
        self.assertEqual(code, 1, messages)
        for word in words:
            self.assertIn(word, reason)
        with open(self.termination_log, encoding="utf-8") as log:
            self.assertEqual(log.read().strip(), reason)
        self.assertFalse(os.path.exists(self.libraries))
        return reason
