"""A small HTTP/1.1 server for the loopback interface: one thread per connection, kept alive.

The standard library's parses headers as if they were mail, and werkzeug's closes every connection:
with either, a request to the local AWS takes three times as long as with this one.
"""

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from io import BufferedIOBase
from time import monotonic

from local.http_messages import (
    BadRequestError,
    HttpRequest,
    HttpResponse,
    encode,
    read_request,
)

HOSTS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))

Handler = Callable[[HttpRequest], HttpResponse]


class LoopbackServer:
    """Listens on 127.0.0.1 and, where there is one, on ::1. Port 0 picks a free one.

    Raises ``OSError`` (``EADDRINUSE``) when the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._handle: Handler = lambda request: HttpResponse(503)
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
                listener = socket.create_server((host, port), family=family, backlog=1024)
            except OSError:
                if family == socket.AF_INET6 and not _has_ipv6_loopback():
                    break
                self._close_listeners()
                raise
            self._listeners.append(listener)
        return int(self._listeners[0].getsockname()[1])

    def start(self, handle: Handler) -> None:
        """Have ``handle`` answer requests, in threads of their own."""
        self._handle = handle
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
            request = read_request(connection, stream, client)
        except BadRequestError as error:
            connection.sendall(encode(HttpResponse(error.status), keep=False, with_body=True))
            return False
        if request is None:
            return False
        self._connections[connection] = True
        keep = request.header("connection").lower() != "close" and request.version == "HTTP/1.1"
        try:
            response = self._handle(request)
        except Exception:  # the last line of defence: no detail may leave
            response = HttpResponse(500)
        connection.sendall(encode(response, keep=keep, with_body=request.method != "HEAD"))
        self._connections[connection] = False
        return keep


def _has_ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True
