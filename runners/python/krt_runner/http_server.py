"""The node's HTTP/1.1 server: keep-alive, one call at a time per connection, one write per answer."""
import asyncio
import socket
from typing import Callable, Optional, Set

from .calls import Answer, Calls, error_answer
from .http_request import BadRequest, Head, read_head

MAX_CONNECTIONS = 2048
#: Seconds a caller may take to send one request.
RECEIVE_TIMEOUT = 30.0
SWEEP_INTERVAL = 5.0

_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def format_answer(answer: Answer, keep_alive: bool) -> bytes:
    status, body = answer
    head = "HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%s\r\n" % (
        status,
        _REASONS.get(status, "Error"),
        len(body),
        "" if keep_alive else "connection: close\r\n",
    )
    return head.encode("ascii") + body


class HttpServer:
    """Holds the connections and what they share."""

    def __init__(self, loop: asyncio.AbstractEventLoop, max_body: int, idle_timeout: float) -> None:
        self.loop = loop
        self.max_body = max_body
        #: None until `init` has run.
        self.calls = None  # type: Optional[Calls]
        self.stopping = False
        self.connections = set()  # type: Set[Connection]
        self.on_idle = None  # type: Optional[Callable[[], None]]
        self._idle_timeout = idle_timeout
        self._server = None  # type: Optional[asyncio.AbstractServer]

    async def listen(self, listening: socket.socket) -> None:
        self._server = await self.loop.create_server(lambda: Connection(self), sock=listening, backlog=1024)
        self.loop.call_later(SWEEP_INTERVAL, self._sweep)

    def healthz(self) -> Answer:
        if self.calls is None:
            return 503, b'{"status":"starting"}'
        return (503, b'{"status":"stopping"}') if self.stopping else (200, b'{"status":"ok"}')

    def close(self) -> None:
        """No new connections, and none without a call is kept. Calls in flight go on."""
        self.stopping = True
        if self._server is not None:
            self._server.close()
        for connection in tuple(self.connections):
            connection.close_if_idle()

    def _sweep(self) -> None:
        now = self.loop.time()
        for connection in tuple(self.connections):
            connection.close_if_stale(now, self._idle_timeout)
        self.loop.call_later(SWEEP_INTERVAL, self._sweep)


class Connection(asyncio.Protocol):
    """One caller's connection."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._head = None  # type: Optional[Head]
        self._busy = False
        self._closed = False
        self._paused = False
        self._last_active = server.loop.time()
        self._transport = None  # type: Optional[asyncio.Transport]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # One that was accepted just before the stop is told of here just after it.
        if self._server.stopping or len(self._server.connections) >= MAX_CONNECTIONS:
            transport.close()
            return
        self._server.connections.add(self)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Optional[BaseException]) -> None:
        self._closed = True
        self._server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._busy:
            self._advance()
        elif len(self._buffer) > 65536 and not self._paused and self._transport is not None:
            # A caller that sends on before it has its answer waits in the kernel, not in our memory.
            self._paused = True
            self._transport.pause_reading()

    def close_if_idle(self) -> None:
        if not self._busy and self._transport is not None:
            self._transport.close()

    def close_if_stale(self, now: float, idle_timeout: float) -> None:
        receiving = self._head is not None or len(self._buffer) > 0
        if now - self._last_active > (RECEIVE_TIMEOUT if receiving else idle_timeout):
            self.close_if_idle()

    def is_closed(self) -> bool:
        return self._closed

    def _advance(self) -> None:
        try:
            if self._head is None:
                self._last_active = self._server.loop.time()
                self._head = read_head(self._buffer)
                if self._head is None:
                    return
                self._check(self._head)
            head = self._head
            if len(self._buffer) < head.content_length:
                return
            body = bytes(self._buffer[: head.content_length])
            del self._buffer[: head.content_length]
        except BadRequest as error:
            self._busy = True
            self._write(error_answer(error.status, "BadRequest", str(error)), keep_alive=False)
            return
        self._busy = True
        self._route(head, body)

    def _check(self, head: Head) -> None:
        if head.content_length > self._server.max_body:
            raise BadRequest(413, "the body has more than %d bytes" % self._server.max_body)
        if head.headers.get("expect", "").lower() == "100-continue" and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _route(self, head: Head, body: bytes) -> None:
        if head.path == "/healthz":
            is_get = head.method in ("GET", "HEAD")
            answer = self._server.healthz() if is_get else error_answer(405, "BadRequest", "GET only")
            self._write((answer[0], b"") if head.method == "HEAD" else answer, head.keep_alive)
        elif head.path != "/":
            self._write(error_answer(404, "NotFound", "there is no '%s' here" % head.path[:200]), head.keep_alive)
        elif head.method != "POST":
            self._write(error_answer(405, "BadRequest", "POST only"), head.keep_alive)
        elif self._server.calls is None:
            self._write(error_answer(503, "Starting", "the node is starting"), head.keep_alive)
        else:
            keep_alive = head.keep_alive
            self._server.calls.start(
                body, head.headers, self.is_closed, lambda answer: self._write(answer, keep_alive)
            )

    def _write(self, answer: Answer, keep_alive: bool) -> None:
        keep_alive = keep_alive and not self._server.stopping
        if not self._closed and self._transport is not None:
            self._transport.write(format_answer(answer, keep_alive))
            if keep_alive:
                self._next()
            else:
                self._transport.close()
        calls = self._server.calls
        if self._server.on_idle is not None and (calls is None or calls.in_flight == 0):
            self._server.on_idle()

    def _next(self) -> None:
        self._busy = False
        self._head = None
        self._last_active = self._server.loop.time()
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        if self._buffer:
            self._server.loop.call_soon(self._advance_if_free)

    def _advance_if_free(self) -> None:
        if not self._busy and not self._closed:
            self._advance()
