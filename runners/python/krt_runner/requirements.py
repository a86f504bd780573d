"""Reads the requirements.txt of a package: names, versions and hashes. Where libraries come from is the operator's to say."""
import os
import re
from typing import Iterator, List, NamedTuple, Tuple

from .errors import StartError

FILE = "requirements.txt"
_MAX_BYTES = 1024 * 1024

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSION = r"(?:===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9._*+!-]+"
_VERSIONS = r"%s(?:\s*,\s*%s)*" % (_VERSION, _VERSION)
#: PEP 508 without URLs.
_REQUIREMENT = re.compile(
    r"(?P<name>%s)\s*(?:\[[\w.,\s-]*\])?\s*(?:%s|\(\s*%s\s*\))?\s*(?:;[^;]+)?" % (_NAME, _VERSIONS, _VERSIONS), re.ASCII
)
_HASH = re.compile(r"\s--hash[=\s]\s*(?:sha256|sha384|sha512):[0-9a-fA-F]+(?=\s|$)")
_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(r"(?:^|\s)(-{1,2}[A-Za-z][\w-]*)")
_ARCHIVE = re.compile(r"\.(whl|zip|egg|tar|tgz|tar\.\w+)$", re.IGNORECASE)

#: Options that ask for what is done anyway.
_ALREADY_SO = re.compile(r"--(require-hashes|prefer-binary|only-binary[=\s]\s*:all:)$")
_INDEX = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host", "--pypi-url")
_FILES = ("-r", "--requirement", "-c", "--constraint")
_EDITABLE = ("-e", "--editable")


class Requirements(NamedTuple):
    """What pip is given: one requirement a line."""

    lines: List[str]
    #: Whether each has to have a hash.
    require_hashes: bool


def requirement_files(package_dir: str, src: str) -> List[str]:
    """Those that are there, relative to the package: in its root, and beside the node's module."""
    found = []
    for folder in ("", os.path.dirname(src)):
        path = os.path.normpath(os.path.join(folder, FILE))
        full = os.path.realpath(os.path.join(package_dir, path))
        if full.startswith(package_dir + os.sep) and os.path.isfile(full) and path not in found:
            found.append(path)
    return found


def read_requirements(package_dir: str, src: str) -> Requirements:
    """Raises StartError that names file and line."""
    lines = []  # type: List[str]
    require_hashes = False
    for path in requirement_files(package_dir, src):
        for number, line in _logical_lines(_read(package_dir, path)):
            if _ALREADY_SO.match(line):
                require_hashes = require_hashes or line.startswith("--require-hashes")
                continue
            reason = _refusal(line)
            if reason:
                raise StartError("%s, line %d %s" % (path, number, reason))
            require_hashes = require_hashes or _HASH.search(line) is not None
            lines.append(line)
    return Requirements(lines, require_hashes)


def _read(package_dir: str, path: str) -> str:
    with open(os.path.join(package_dir, path), "rb") as source:
        content = source.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise StartError("%s is larger than %d bytes" % (path, _MAX_BYTES))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StartError("%s is not UTF-8" % path)
    if "\0" in text:
        raise StartError("%s is not text" % path)
    return text


def _logical_lines(text: str) -> Iterator[Tuple[int, str]]:
    """(line it begins at, requirement), with continued lines joined, without comments."""
    begun = 0
    parts = []  # type: List[str]
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text) + [""], 1):
        line = _COMMENT.sub("", line).strip()
        begun = begun or number
        is_continued = line.endswith("\\")
        parts.append(line[:-1].strip() if is_continued else line)
        if is_continued:
            continue
        joined = " ".join(part for part in parts if part)
        if joined:
            yield begun, joined
        begun, parts = 0, []


def _refusal(line: str) -> str:
    """Why a line is not taken, or nothing. A URL is not repeated, it may hold a password."""
    text = _HASH.sub("", line).strip()
    option = _OPTION.search(text)
    if option and option.group(1) in _INDEX:
        return "names an index with %s: where libraries come from is set by the operator, not by a package" % option.group(1)
    if option and option.group(1) in _EDITABLE:
        return "is editable: libraries are installed from wheels, by name"
    if option and option.group(1) in _FILES:
        return "names another file with %s: write all requirements into one" % option.group(1)
    if option:
        return "has the option %s, which is not taken" % option.group(1)
    if "://" in text or re.search(r"\s@\s|^%s(\[[^\]]*\])?@" % _NAME, text) or "+" in text.split(":")[0].split("=")[0]:
        return "names a URL: libraries are installed from wheels, by name"
    requirement = text.split(";")[0].strip()
    if re.search(r"[/\\]", requirement) or requirement.startswith(("~", ".")) or _ARCHIVE.search(requirement):
        return "names a path: libraries are installed from wheels, by name"
    if not _REQUIREMENT.fullmatch(text) or "$" in text:
        return "is no requirement: '%s'; write name==1.2.3" % text[:60]
    return ""
