"""What the environment says, checked."""
import os
from typing import Mapping, NamedTuple, Optional

from .errors import StartError


class Settings(NamedTuple):
    """Sizes in bytes, times in seconds."""

    node: str
    src: str
    package_dir: str
    host: str
    port: int
    max_body: int
    threads: int
    max_calls: int
    idle_timeout: float
    grace: float
    #: Folder with what the requirements of the package installed, where it has some.
    libraries: Optional[str]

    @property
    def src_path(self) -> str:
        return os.path.join(self.package_dir, self.src)


def read_settings(env: Mapping[str, str]) -> Settings:
    """Raises StartError with one line that names the variable."""
    convention = env.get("KRT_CONVENTION") or "dict"
    if convention != "dict":
        raise StartError("the convention '%s' is not supported by this runner, only 'dict' is" % convention)
    package_dir = os.path.realpath(required(env, "KRT_PACKAGE_DIR"))
    src = required(env, "KRT_NODE_SRC")
    src_path = os.path.realpath(os.path.join(package_dir, src))
    if not src_path.startswith(package_dir + os.sep):
        raise StartError("KRT_NODE_SRC '%s' lies outside of the package" % src)
    if not os.path.isfile(src_path):
        raise StartError("the file '%s' does not exist in the package" % src)
    return Settings(
        node=env.get("KRT_NODE_NAME") or "node",
        src=src,
        package_dir=package_dir,
        host=env.get("KRT_HOST", ""),
        port=read_number(env, "KRT_PORT_HTTP", 8080, 0, 65535),
        max_body=read_number(env, "KRT_MAX_BODY_BYTES", 4 * 1024 * 1024, 1, 1 << 31),
        threads=read_number(env, "KRT_THREADS", min(32, (os.cpu_count() or 1) + 4), 1, 1024),
        max_calls=read_number(env, "KRT_MAX_CALLS", 1024, 1, 1 << 20),
        idle_timeout=read_number(env, "KRT_IDLE_TIMEOUT_SECONDS", 75, 1, 86400),
        grace=read_number(env, "KRT_GRACE_SECONDS", 25, 0, 86400),
        libraries=libraries_of(env["KRT_REQUIREMENTS_DIR"]) if env.get("KRT_REQUIREMENTS_DIR") else None,
    )


def libraries_of(directory: str) -> str:
    """In the volume that `install` fills."""
    return os.path.join(os.path.abspath(directory), "libraries")


def required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name)
    if not value:
        raise StartError("the environment variable %s is missing" % name)
    return value


def read_number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name)
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least or value > most:
        raise StartError("%s must be a whole number from %d to %d, not '%s'" % (name, least, most, text))
    return value
