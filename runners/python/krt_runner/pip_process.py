"""Runs pip as a child process: for so long at most, in an environment of which a package decides nothing."""
import logging
import os
import re
import subprocess
import sys
import threading
from typing import Dict, List, Mapping, Optional

from .errors import StartError

_LOG = logging.getLogger("krt-install")

#: What an operator may say of where wheels come from, in pip's own words.
_PIP_VARIABLES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_NO_INDEX",
    "PIP_TRUSTED_HOST",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_PROXY",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_RETRIES",
    "PIP_CACHE_DIR",
)
_OTHER_VARIABLES = ("PATH", "LANG", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")

_OPTIONS = [
    "--only-binary=:all:",
    "--no-input",
    "--no-color",
    "--progress-bar=off",
    "--disable-pip-version-check",
    "--no-python-version-warning",
]


class PipProcess:
    """One `pip install`."""

    def __init__(self, env: Mapping[str, str], work_dir: str) -> None:
        self._env = env
        self._work_dir = work_dir
        self._process = None  # type: Optional[subprocess.Popen]
        self._timed_out = False

    def install(self, requirements: str, target: str, require_hashes: bool, timeout: float) -> None:
        """Raises StartError with a reason of one line."""
        arguments = ["install", "--target", target, "--requirement", requirements] + _OPTIONS
        if require_hashes:
            arguments.append("--require-hashes")
        if not self._env.get("PIP_CACHE_DIR"):
            arguments.append("--no-cache-dir")
        self._process = subprocess.Popen(
            _pip_command(self._env) + arguments,
            env=self._environment(),
            cwd=self._work_dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        timer = threading.Timer(timeout, self._end_late)
        timer.daemon = True
        timer.start()
        lines = []
        assert self._process.stdout is not None
        for line in self._process.stdout:
            text = _without_credentials(line.decode("utf-8", "replace").rstrip())
            lines.append(text)
            if text:
                _LOG.log(logging.ERROR if text.startswith("ERROR:") else logging.INFO, "%s", text)
        code = self._process.wait()
        timer.cancel()
        if self._timed_out:
            raise StartError("the requirements could not be installed within %g seconds" % timeout)
        if code != 0:
            raise StartError(describe_failure(lines, code))

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def _end_late(self) -> None:
        self._timed_out = True
        self.kill()

    def _environment(self) -> Dict[str, str]:
        names = _PIP_VARIABLES + _OTHER_VARIABLES + _PROXY_VARIABLES + tuple(name.upper() for name in _PROXY_VARIABLES)
        own = {name: self._env[name] for name in names if self._env.get(name)}
        # On the volume of the libraries, so that they are moved there, not copied.
        own.update(HOME=self._work_dir, TMPDIR=self._work_dir, PIP_CONFIG_FILE=os.devnull, PYTHONUNBUFFERED="1")
        return own


def _pip_command(env: Mapping[str, str]) -> List[str]:
    """`KRT_PIP` is a folder or a wheel's folder that Python can run."""
    pip = env.get("KRT_PIP")
    return [sys.executable, "-I", pip] if pip else [sys.executable, "-I", "-m", "pip"]


def _without_credentials(text: str) -> str:
    return re.sub(r"://[^/@\s]+@", "://****@", text)


def describe_failure(lines: List[str], code: int) -> str:
    """What pip says in many lines, in one."""
    text = "\n".join(lines)
    if re.search(r"No module named '?pip\b", text):
        return "the Python of this machine (%s) has no pip to install the requirements with: add it, with '%s -m ensurepip' or the package python3-pip" % (
            sys.executable,
            os.path.basename(sys.executable),
        )
    mismatch = re.search(
        r"DO NOT MATCH THE HASHES.*?\n\s+(\S+).*?(?:Expected|Expected or)\s+(\w+)\s+([0-9a-f]+).*?Got\s+([0-9a-f]+)", text, re.DOTALL
    )
    if mismatch:
        return "the wheel of %s has another hash than the requirements say: expected %s:%s, got %s" % mismatch.groups()
    missing_hash = re.search(r"Hashes are required in --require-hashes mode.*?\n\s+(\S+)", text, re.DOTALL)
    if missing_hash:
        return "where one requirement has a hash all must have one, %s has none" % missing_hash.group(1)
    unpinned = re.search(r"all requirements must have their versions pinned with ==.*?\n\s+(\S+)", text, re.DOTALL)
    if unpinned:
        return "where one requirement has a hash all must be pinned with ==, %s is not" % unpinned.group(1)
    missing = re.search(r"No matching distribution found for (.+)", text)
    if missing:
        return "there is no wheel of %s for Python %d.%d on this platform, and nothing is built from source" % (
            (missing.group(1).strip(),) + sys.version_info[:2]
        )
    errors = [line[len("ERROR:") :].strip() for line in lines if line.startswith("ERROR:")]
    last = errors[0] if errors else next((line for line in reversed(lines) if line.strip()), "it said nothing")
    return "pip ended with code %d: %s" % (code, last)
