"""The listening socket, and who answers on it while the module is being imported."""
import socket
import threading

from .calls import error_answer
from .errors import StartError
from .http_server import format_answer


def bind(host: str, port: int) -> socket.socket:
    """Without a host: all addresses, IPv4 and IPv6 where the machine has it. Raises StartError."""
    try:
        return _bind(host, port)
    except OSError as error:
        raise StartError("cannot listen on %s:%d: %s" % (host or "*", port, error.strerror or error))


def _bind(host: str, port: int) -> socket.socket:
    if not host:
        try:
            return _open(socket.AF_INET6, ("::", port))
        except OSError:
            return _open(socket.AF_INET, ("0.0.0.0", port))
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return _open(family, address)


def _open(family: int, address: tuple) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and address[0] == "::":
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(address)
        listening.listen(1024)
        return listening
    except OSError:
        listening.close()
        raise


class StartingResponder:
    """
    Answers 503 to everybody. The module is imported, and a plain `init` run, in the main thread, where the original
    engine did it and where libraries expect to be set up; a model may take minutes to load, and the probes ask meanwhile.
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="starting", daemon=True)

    def start(self) -> None:
        self._listening.settimeout(0.05)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._listening.settimeout(0)

    def _run(self) -> None:
        answer = format_answer(error_answer(503, "Starting", "the node is starting"), keep_alive=False)
        while not self._stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                continue
            try:
                with connection:
                    connection.settimeout(0.2)
                    connection.recv(65536)
                    connection.sendall(answer)
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                continue
