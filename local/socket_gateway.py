"""A WebSocket API of the stack, served on the port of an HTTP API.

In AWS the two have domains of their own, or a CDN in front that tells them apart. Here a request
for an upgrade at ``/``, where a custom domain has it, or at ``/<stage>`` is for the WebSocket API.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from io import BufferedIOBase
from typing import Any

from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from local.functions import Functions, describe
from local.http_messages import HttpRequest
from local.resources import SocketApi
from local.socket_events import connect_event, disconnect_event, message_event, new_gateway_id
from local.sockets import MAX_MESSAGE_BYTES, OpenSockets

IDLE_SECONDS = 600
"""API Gateway ends a connection on which nothing came for ten minutes."""


class SocketGateway:
    """Serves one WebSocket API. ``report`` is told of what a function raised."""

    def __init__(
        self,
        functions: Functions,
        api: SocketApi,
        sockets: OpenSockets,
        *,
        report: Callable[[str], None] = print,
    ) -> None:
        self._functions = functions
        self._api = api
        self._sockets = sockets
        self._report = report
        self._paths = {"/", f"/{api.stage}", f"/{api.stage}/"}
        self._is_stopping = False

    def stop(self) -> None:
        """Close every connection, and tell no function: its AWS is about to stop as well."""
        self._is_stopping = True
        self._sockets.clear()

    def serve(
        self, request: HttpRequest, connection: socket.socket, stream: BufferedIOBase
    ) -> None:
        """Answer a request for an upgrade, and serve the connection until it ends."""
        protocol = ServerProtocol(max_size=MAX_MESSAGE_BYTES)
        protocol.receive_data(_head(request))
        gateway_id = new_gateway_id()
        protocol.send_response(self._handshake(protocol, request, gateway_id))
        link = _Link(protocol, connection)
        link.flush()
        if not link.is_open:
            return
        self._sockets.add(self._api, gateway_id, link, request)
        try:
            connection.settimeout(IDLE_SECONDS)
            for text in link.received(stream):
                self.receive(gateway_id, request, text)
        finally:
            self._sockets.remove(self._api, gateway_id)
            if not self._is_stopping:
                self.disconnect(gateway_id, request, link.close_code)

    def _handshake(
        self, protocol: ServerProtocol, request: HttpRequest, gateway_id: str
    ) -> Response:
        handshake = next(iter(protocol.events_received()), None)
        if not isinstance(handshake, Request):
            return protocol.reject(HTTPStatus.BAD_REQUEST, "Bad request\n")
        if request.target.partition("?")[0] not in self._paths:
            return protocol.reject(HTTPStatus.FORBIDDEN, "Forbidden\n")
        response = protocol.accept(handshake)
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            status = self.connect(gateway_id, request)
            if not 200 <= status < 300:
                return protocol.reject(HTTPStatus(status), "Refused\n")
        return response

    def connect(self, gateway_id: str, request: HttpRequest) -> int:
        """Ask ``$connect``; the status that it answers the handshake with."""
        answer = self._invoke("$connect", connect_event(self._api, gateway_id, request))
        status = answer.get("statusCode") if isinstance(answer, Mapping) else None
        return status if isinstance(status, int) else 500

    def receive(self, gateway_id: str, request: HttpRequest, text: str) -> None:
        """Hand on what a browser sent."""
        self._invoke("$default", message_event(self._api, gateway_id, request, text))

    def disconnect(self, gateway_id: str, request: HttpRequest, code: int) -> None:
        """Tell of the end of a connection."""
        self._invoke("$disconnect", disconnect_event(self._api, gateway_id, request, code))

    def _invoke(self, route_key: str, event: Mapping[str, Any]) -> Any:
        function = self._api.functions.get(route_key)
        if function is None:
            return {"statusCode": 200}
        try:
            return self._functions.invoke(function, event)
        except Exception as error:
            if not self._is_stopping:
                self._report(f"{route_key}: {function} failed: {describe(error)}")
            return None


class _Link:
    """One connection after its handshake. Any thread may send."""

    def __init__(self, protocol: ServerProtocol, connection: socket.socket) -> None:
        self._protocol = protocol
        self._connection = connection
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._protocol.state is State.OPEN

    @property
    def close_code(self) -> int:
        code = self._protocol.close_code
        return CloseCode.ABNORMAL_CLOSURE if code is None else code

    def flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._connection.sendall(data)

    def send(self, text: str) -> None:
        """Send a text message. Raises ``OSError`` if the connection has ended."""
        with self._lock:
            try:
                self._protocol.send_text(text.encode())
            except InvalidState as error:
                raise BrokenPipeError from error
            self.flush()

    def close(self) -> None:
        """Begin the end of the connection."""
        with self._lock:
            if self.is_open:
                self._protocol.send_close(CloseCode.GOING_AWAY)
                self.flush()

    def received(self, stream: BufferedIOBase) -> Iterator[str]:
        """What the browser sends, until the connection ends: the first frame of each message."""
        while True:
            try:
                data = stream.read1(65_536)
            except TimeoutError:
                self.close()
                return
            with self._lock:
                if data:
                    self._protocol.receive_data(data)
                else:
                    self._protocol.receive_eof()
                events = self._protocol.events_received()
                self.flush()
            for event in events:
                if isinstance(event, Frame) and event.opcode in {Opcode.TEXT, Opcode.BINARY}:
                    yield bytes(event.data).decode("utf-8", "replace")
            if not data or self._protocol.close_expected():
                return


def _head(request: HttpRequest) -> bytes:
    """The request as it came, for a protocol that reads it itself."""
    lines = [f"{request.method} {request.target} {request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
