"""The open connections of the WebSocket APIs, and the management API that posts to them.

Its calls come to the port of the local AWS, as ``/execute-api/<api>/<stage>/@connections/<id>``.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import unquote

from local import identities
from local.http_messages import JSON, HttpRequest, HttpResponse
from local.permissions import Need
from local.resources import SocketApi

PREFIX = "/execute-api/"
MAX_MESSAGE_BYTES = 128 * 1024
_CALL = re.compile(r"/execute-api/([^/]+)/([^/]+)/@connections/([^/?]+)")

Place = tuple[str, str, str]
"""API id, stage and connection id."""


class Connection(Protocol):
    """A connection to a browser. Raises ``OSError`` once it is broken."""

    def send(self, text: str) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _OpenSocket:
    connection: Connection
    connected_at: datetime
    source_ip: str
    user_agent: str


class OpenSockets:
    """Every connection that is open now."""

    def __init__(self) -> None:
        self._sockets: dict[Place, _OpenSocket] = {}
        self._lock = threading.Lock()

    def add(
        self, api: SocketApi, gateway_id: str, connection: Connection, request: HttpRequest
    ) -> None:
        """A handshake is over: from now on there is somebody to post to."""
        opened = _OpenSocket(
            connection, datetime.now(UTC), request.client, request.header("user-agent")
        )
        with self._lock:
            self._sockets[api.api_id, api.stage, gateway_id] = opened

    def remove(self, api: SocketApi, gateway_id: str) -> None:
        with self._lock:
            self._sockets.pop((api.api_id, api.stage, gateway_id), None)

    def clear(self) -> None:
        """Close every connection."""
        with self._lock:
            sockets = list(self._sockets.values())
            self._sockets.clear()
        for socket in sockets:
            _attempt(socket.connection.close)

    def manage(self, place: Place, request: HttpRequest) -> HttpResponse:
        """Answer a call of the management API that is permitted."""
        with self._lock:
            socket = self._sockets.get(place)
        if socket is None:
            return _error(410, "GoneException")
        if request.method == "GET":
            return HttpResponse(200, (JSON,), json.dumps(_described(socket)).encode())
        if request.method == "DELETE":
            _attempt(socket.connection.close)
            return HttpResponse(204)
        if len(request.body) > MAX_MESSAGE_BYTES:
            return _error(413, "PayloadTooLargeException")
        text = request.body.decode("utf-8", "replace")
        if not _attempt(lambda: socket.connection.send(text)):
            return _error(410, "GoneException")
        return HttpResponse(200)


def called(target: str) -> Place | None:
    """Which connection a call of the management API is about."""
    found = _CALL.fullmatch(target)
    return None if found is None else (found[1], found[2], unquote(found[3]))


def need_of(place: Place, method: str) -> Need:
    """What a role must be allowed for a call ("Control access to WebSocket APIs")."""
    api_id, stage, gateway_id = place
    resource = f"{api_id}/{stage}/{method}/@connections/{gateway_id}"
    return Need("execute-api:ManageConnections", identities.arn("execute-api", resource))


def refused(code: str, message: str) -> HttpResponse:
    """As the management API refuses a call."""
    return _error(403, code, message)


def _described(socket: _OpenSocket) -> dict[str, object]:
    return {
        "connectedAt": socket.connected_at.isoformat(),
        "identity": {"sourceIp": socket.source_ip, "userAgent": socket.user_agent},
        "lastActiveAt": socket.connected_at.isoformat(),
    }


def _attempt(act: Callable[[], None]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True


def _error(status: int, code: str, message: str = "") -> HttpResponse:
    body = json.dumps({"message": message}).encode()
    return HttpResponse(status, (JSON, ("x-amzn-errortype", code)), body)
