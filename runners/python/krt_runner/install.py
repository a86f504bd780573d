"""Installs what the requirements.txt of a package asks for: ``python3 -m krt_runner install``, in an init container.

The folder of libraries is complete or not there, however often this is killed.
"""
import hashlib
import json
import logging
import os
import shutil
import signal
import sys
import sysconfig
import tempfile
import time
from typing import Any, Mapping, NamedTuple

from .errors import StartError
from .pip_process import PipProcess
from .requirements import Requirements, read_requirements
from .settings import libraries_of, read_number, required

_LOG = logging.getLogger("krt-install")
_UNFINISHED = "unfinished-"
#: In the folder of libraries: says which requirements it holds.
_STAMP = ".krt-requirements"


class InstallSettings(NamedTuple):
    package_dir: str
    src: str
    #: A volume: libraries and what is unfinished.
    directory: str
    #: Seconds.
    timeout: int


def read_install_settings(env: Mapping[str, str]) -> InstallSettings:
    return InstallSettings(
        package_dir=os.path.realpath(required(env, "KRT_PACKAGE_DIR")),
        src=env.get("KRT_NODE_SRC", ""),
        directory=os.path.abspath(required(env, "KRT_REQUIREMENTS_DIR")),
        timeout=read_number(env, "KRT_REQUIREMENTS_TIMEOUT_SECONDS", 600, 1, 86400),
    )


def install(env: Mapping[str, str]) -> None:
    """Raises StartError with a reason of one line."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    settings = read_install_settings(env)
    libraries = libraries_of(settings.directory)
    requirements = read_requirements(settings.package_dir, settings.src)
    state = _state_of(requirements)
    os.makedirs(settings.directory, exist_ok=True)
    _remove_unfinished(settings.directory)
    if _is_installed(libraries, state):
        _LOG.info("the requirements are installed already")
        return
    if not requirements.lines:
        shutil.rmtree(libraries, ignore_errors=True)
        _LOG.info("the package has no requirements")
        return
    begun = time.monotonic()
    work_dir = tempfile.mkdtemp(prefix=_UNFINISHED, dir=settings.directory)
    try:
        fresh = os.path.join(work_dir, "libraries")
        _install_into(fresh, work_dir, requirements, settings, env)
        with open(os.path.join(fresh, _STAMP), "w", encoding="utf-8") as stamp:
            stamp.write(state)
        if os.path.exists(libraries):
            os.rename(libraries, os.path.join(work_dir, "replaced"))
        os.rename(fresh, libraries)
    finally:
        shutil.rmtree(work_dir, ignore_errors=True)
    _LOG.info("requirements installed: %d, in %.1f s", len(requirements.lines), time.monotonic() - begun)


def _stop(*_: Any) -> None:
    """An end that is no success: the node must not start without its libraries."""
    raise StartError("stopped before the requirements were installed")


def _install_into(
    target: str, work_dir: str, requirements: Requirements, settings: InstallSettings, env: Mapping[str, str]
) -> None:
    # What was checked is what pip reads, not the file itself.
    checked = os.path.join(work_dir, "checked.txt")
    with open(checked, "w", encoding="utf-8") as output:
        output.write("".join(line + "\n" for line in requirements.lines))
    pip = PipProcess(env, work_dir)

    def stop(*_: Any) -> None:
        pip.kill()
        _stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    os.makedirs(target)
    pip.install(checked, target, requirements.require_hashes, settings.timeout)


def _state_of(requirements: Requirements) -> str:
    """Libraries of another Python would not do."""
    text = json.dumps([requirements, sys.version_info[:2], sysconfig.get_platform()])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _is_installed(libraries: str, state: str) -> bool:
    try:
        with open(os.path.join(libraries, _STAMP), encoding="utf-8") as stamp:
            return stamp.read() == state
    except OSError:
        return False


def _remove_unfinished(directory: str) -> None:
    for name in os.listdir(directory):
        if name.startswith(_UNFINISHED):
            shutil.rmtree(os.path.join(directory, name), ignore_errors=True)
