"""Browsers on the WebSocket API of the stack under test, without a network between."""

import json
from typing import Any

from local.http_messages import HttpRequest
from local.resources import SocketApi
from local.socket_events import new_gateway_id
from local.socket_gateway import SocketGateway
from tests.support.stack import RunningStack

HANDSHAKE = HttpRequest("GET", "/", (("host", "socket.example"), ("user-agent", "test")), b"")


class BrowserSocket:
    """A browser that listens. ``messages`` is all it was sent, parsed."""

    def __init__(self, stack: RunningStack) -> None:
        self.gateway_id = new_gateway_id()
        self.messages: list[Any] = []
        self._stack = stack
        self._gateway = SocketGateway(stack, socket_api(stack), stack.aws.sockets)  # type: ignore[arg-type]

    @property
    def ws_client_id(self) -> str:
        """What it was told that it is called."""
        (ack,) = (one for one in self.messages if one["message_type"] == "connection_ack")
        return str(ack["ws_client_id"])

    @property
    def results(self) -> list[Any]:
        """What it was told of authorizations."""
        return [one for one in self.messages if one["message_type"] != "connection_ack"]

    def connect(self) -> "BrowserSocket":
        """Connect, and let the stack's stream tell it its name."""
        self.shake_hands()
        self._stack.run_stream("SocketsTable")
        return self

    def shake_hands(self) -> None:
        """Connect only."""
        assert self._gateway.connect(self.gateway_id, HANDSHAKE) == 200
        self._stack.aws.sockets.add(socket_api(self._stack), self.gateway_id, self, HANDSHAKE)

    def say(self, text: str) -> None:
        """Send something, which the official client never does."""
        self._gateway.receive(self.gateway_id, HANDSHAKE, text)

    def vanish(self) -> None:
        """Be gone, and nobody told of it."""
        self._stack.aws.sockets.remove(socket_api(self._stack), self.gateway_id)

    def leave(self) -> None:
        """Disconnect."""
        self.vanish()
        self._gateway.disconnect(self.gateway_id, HANDSHAKE, 1001)

    def send(self, text: str) -> None:
        """What the stack posts arrives here."""
        self.messages.append(json.loads(text))

    def close(self) -> None:
        """The stack ends the connection."""


def socket_api(stack: RunningStack) -> SocketApi:
    """The stack's WebSocket API."""
    return stack.aws.stack.socket_apis["WebSocketApi"]
