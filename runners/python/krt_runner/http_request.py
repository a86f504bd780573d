"""Reads HTTP/1.1 requests out of a buffer. No I/O."""
from typing import Dict, NamedTuple, Optional

MAX_HEAD_BYTES = 32 * 1024
MAX_HEADERS = 100


class BadRequest(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Head(NamedTuple):
    method: str
    path: str
    headers: Dict[str, str]
    keep_alive: bool
    content_length: int


def read_head(buffer: bytearray) -> Optional[Head]:
    """Takes the head of a request from the buffer; None while it is incomplete. Raises BadRequest."""
    end = buffer.find(b"\r\n\r\n", 0, MAX_HEAD_BYTES)
    if end < 0:
        if len(buffer) >= MAX_HEAD_BYTES:
            raise BadRequest(431, "the head of the request is too large")
        return None
    lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    del buffer[: end + 4]
    request = lines[0].split(" ")
    if len(request) != 3 or not request[2].startswith("HTTP/1."):
        raise BadRequest(400, "not a request of HTTP/1.1")
    if len(lines) > MAX_HEADERS:
        raise BadRequest(431, "the request has too many headers")
    headers = {}  # type: Dict[str, str]
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        key = name.lower()
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "a header of the request is malformed")
        if key in headers and key == "content-length":
            raise BadRequest(400, "the request has two content-length")
        headers[key] = value.strip()
    if "transfer-encoding" in headers:
        raise BadRequest(411, "the request needs a content-length")
    connection = headers.get("connection", "").lower()
    keep_alive = connection != "close" if request[2] == "HTTP/1.1" else connection == "keep-alive"
    return Head(request[0], request[1].partition("?")[0], headers, keep_alive, _content_length(headers))


def _content_length(headers: Dict[str, str]) -> int:
    text = headers.get("content-length", "0")
    if not text.isdigit() or len(text) > 15:
        raise BadRequest(400, "the content-length is not a number")
    return int(text)
