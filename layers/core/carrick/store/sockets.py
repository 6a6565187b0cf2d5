"""SocketsTable: the browsers that wait. Key ``pk`` = API Gateway's connection id; TTL ``purge_at``.

The ``ws_client_id`` is kept as it is, not hashed: the table's stream brings it to the function that
tells it to the browser. It is good for nothing but writing to that socket, and two hours at most.
"""

import hmac
from typing import Any

from carrick import identifiers
from carrick.clock import Clock
from carrick.models.socket import Socket
from carrick.store.items import FORMAT, Item, from_item, to_item

LIFETIME_SECONDS = 7_200.0
"""API Gateway ends a connection after two hours ("Amazon API Gateway quotas")."""


class SocketStore:
    """Sockets by what the browser was told, or by what API Gateway calls them."""

    def __init__(self, client: Any, table: str, *, now: Clock) -> None:
        self._client = client
        self._table = table
        self._now = now

    def open(self, gateway_id: str) -> Socket:
        """Store a new connection under a name that cannot be guessed."""
        expires_at = self._now() + LIFETIME_SECONDS
        socket = Socket(gateway_id, identifiers.new_ws_client_id(gateway_id), expires_at)
        self._client.put_item(TableName=self._table, Item=_to_item(socket))
        return socket

    def find(self, ws_client_id: str) -> Socket | None:
        """The socket of this name; ``None`` for unknown, closed, expired and made-up alike.

        The gateway's id in the name is public: only the whole name, compared in constant time,
        finds the socket. Read consistently, since a flow may fail a moment after the handshake.
        """
        gateway_id = identifiers.parse_ws_client_id(ws_client_id)
        if gateway_id is None:
            return None
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": gateway_id}}, ConsistentRead=True
        )
        if "Item" not in answer:
            return None
        socket = socket_from_item(answer["Item"])
        is_it = hmac.compare_digest(socket.ws_client_id, ws_client_id)
        return socket if is_it and socket.expires_at > self._now() else None

    def close(self, gateway_id: str) -> None:
        """Forget a connection."""
        self._client.delete_item(TableName=self._table, Key={"pk": {"S": gateway_id}})


def _to_item(socket: Socket) -> Item:
    return to_item(
        {
            "pk": socket.gateway_id,
            "ws_client_id": socket.ws_client_id,
            "expires_at": socket.expires_at,
            "purge_at": int(socket.expires_at),
            "format": FORMAT,
        }
    )


def socket_from_item(item: Item) -> Socket:
    """A socket from an item, also as the stream brings it."""
    values = from_item(item)
    return Socket(values["pk"], values["ws_client_id"], values["expires_at"])
