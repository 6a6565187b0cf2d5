"""A small HTTP/1.1 server for the loopback interface: one thread per connection, kept alive.

The standard library's parses headers as if they were mail, and werkzeug's closes every connection:
with either, a request to the local AWS takes three times as long as with this one.
"""

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase
from time import monotonic
from urllib.parse import urlsplit

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 10 * 1024 * 1024
HOSTS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
JSON = ("content-type", "application/json")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came: ``target`` is path and query, undecoded; names keep their case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    client: str = "127.0.0.1"
    version: str = "HTTP/1.1"

    def header(self, name: str) -> str:
        """The first value of a header, by its name in lower case; empty if absent."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)


Handler = Callable[[HttpRequest], HttpResponse]
Upgrade = Callable[[HttpRequest, socket.socket, BufferedIOBase], None]
"""Takes over a connection whose client asks for another protocol, until it ends."""


class _BadRequestError(Exception):
    """A request that cannot be read; holds the status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LoopbackServer:
    """Listens on 127.0.0.1 and, where there is one, on ::1. Port 0 picks a free one.

    Raises ``OSError`` (``EADDRINUSE``) when the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._handle: Handler = lambda request: HttpResponse(503)
        self._upgrade: Upgrade | None = None
        self._listeners: list[socket.socket] = []
        self._connections: dict[socket.socket, bool] = {}
        self._lock = threading.Lock()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self.port = self._listen(port)

    def _listen(self, port: int) -> int:
        for family, host in HOSTS:
            if not port and family == socket.AF_INET6:
                break  # a free port of the one family may be taken in the other
            try:
                listener = socket.create_server((host, port), family=family, backlog=128)
            except OSError:
                if family == socket.AF_INET6 and not _has_ipv6_loopback():
                    break
                self._close_listeners()
                raise
            self._listeners.append(listener)
        return int(self._listeners[0].getsockname()[1])

    def start(self, handle: Handler, *, upgrade: Upgrade | None = None) -> None:
        """Have ``handle`` answer requests, in threads of their own. It must not raise.

        ``upgrade`` takes the connections that are to become WebSockets.
        """
        self._handle, self._upgrade = handle, upgrade
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self, *, grace_seconds: float = 1.0) -> None:
        """Stop accepting, let running requests end, close every connection."""
        self._wake_writer.send(b"x")
        self._close_listeners()
        deadline = monotonic() + grace_seconds
        waiting = threading.Event()
        while self._is_busy() and monotonic() < deadline:
            waiting.wait(0.01)
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _is_busy(self) -> bool:
        with self._lock:
            return any(self._connections.values())

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.close()

    def _accept(self) -> None:
        selector = selectors.DefaultSelector()
        for listener in [*self._listeners, self._wake_reader]:
            selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is self._wake_reader:
                    selector.close()
                    return
                with contextlib.suppress(OSError):
                    connection, address = key.fileobj.accept()  # type: ignore[union-attr]
                    threading.Thread(
                        target=self._serve, args=(connection, address[0]), daemon=True
                    ).start()

    def _serve(self, connection: socket.socket, client: str) -> None:
        with self._lock:
            self._connections[connection] = False
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection, connection.makefile("rb") as stream:
                while self._serve_one(connection, stream, client):
                    pass
        except OSError:
            pass  # the peer went away
        finally:
            with self._lock:
                self._connections.pop(connection, None)

    def _serve_one(self, connection: socket.socket, stream: BufferedIOBase, client: str) -> bool:
        """Answer one request. False when the connection is to be closed."""
        try:
            request = _read(connection, stream, client)
        except _BadRequestError as error:
            connection.sendall(_encode(HttpResponse(error.status), keep=False, with_body=True))
            return False
        if request is None:
            return False
        if self._upgrade is not None and request.header("upgrade").lower() == "websocket":
            self._upgrade(request, connection, stream)
            return False
        self._connections[connection] = True
        keep = request.header("connection").lower() != "close" and request.version == "HTTP/1.1"
        response = self._handle(request)
        connection.sendall(_encode(response, keep=keep, with_body=request.method != "HEAD"))
        self._connections[connection] = False
        return keep


def _has_ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def _read(connection: socket.socket, stream: BufferedIOBase, client: str) -> HttpRequest | None:
    start = stream.readline(MAX_HEAD_BYTES + 1)
    if not start:
        return None
    parts = start.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise _BadRequestError(400)
    headers = tuple(_read_headers(stream))
    lower = {name.lower(): value for name, value in headers}
    if lower.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "chunked" in lower.get("transfer-encoding", "").lower():
        body = _read_chunks(stream)
    else:
        body = _read_exactly(stream, lower.get("content-length", "0"), base=10)
    return HttpRequest(parts[0], _origin_form(parts[1]), headers, body, client, parts[2])


def _read_headers(stream: BufferedIOBase) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    size = 0
    while True:
        line = stream.readline(MAX_HEAD_BYTES + 1)
        size += len(line)
        if size > MAX_HEAD_BYTES:
            raise _BadRequestError(431)
        if line in {b"\r\n", b"\n"}:
            return headers
        name, separator, value = line.decode("latin-1").partition(":")
        if not separator or not name or name != name.strip():
            raise _BadRequestError(400)
        headers.append((name, value.strip()))


def _read_exactly(stream: BufferedIOBase, length: str, *, base: int) -> bytes:
    try:
        size = int(length, base)
    except ValueError:
        raise _BadRequestError(400) from None
    if not 0 <= size <= MAX_BODY_BYTES:
        raise _BadRequestError(413)
    data = stream.read(size) if size else b""
    if len(data) < size:
        raise _BadRequestError(400)
    return data


def _read_chunks(stream: BufferedIOBase) -> bytes:
    body = bytearray()
    while True:
        size_line = stream.readline(1024).decode("latin-1").partition(";")[0].strip()
        chunk = _read_exactly(stream, size_line, base=16)
        if not chunk:
            _read_headers(stream)  # trailers
            return bytes(body)
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _BadRequestError(413)
        stream.readline(16)


def _origin_form(target: str) -> str:
    """Path and query, also of a target in absolute form (RFC 9112 §3.2.2)."""
    if target.startswith("/"):
        return target
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _encode(response: HttpResponse, *, keep: bool, with_body: bool) -> bytes:
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [
        f"{name}: {value}"
        for name, value in response.headers
        if name.lower() not in {"content-length", "connection", "transfer-encoding"}
    ]
    if response.status not in {204, 304}:
        lines.append(f"content-length: {len(response.body)}")
    lines.append(f"connection: {'keep-alive' if keep else 'close'}")
    if any("\r" in line or "\n" in line for line in lines):
        return _encode(HttpResponse(500), keep=False, with_body=True)
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head + (response.body if with_body else b"")
