"""The WebSocket API: gives each browser that connects a name, to be told results by.

Routes ``$connect``, ``$disconnect`` and ``$default``: anyone; what a browser sends is passed over.
Stream of the sockets table: called by Lambda's poller only; it sends the name, which ``$connect``
cannot: API Gateway has no connection to send on until that has returned. Use case:
``domain.notifications``. Permissions: write and delete sockets, post to them. Reads nothing.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import clock, observability, wiring
from carrick.domain.notifications import acknowledge
from carrick.settings import SocketsSettings, WebSocketSettings
from carrick.sockets.gateway import SocketGateway
from carrick.store.sockets import SocketStore, socket_from_item


@dataclass(frozen=True)
class Settings(SocketsSettings, WebSocketSettings):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    sockets: SocketStore
    gateway: SocketGateway


@functools.cache
def dependencies() -> Dependencies:
    settings, aws = Settings.load(), wiring.Aws()
    return Dependencies(
        SocketStore(aws.client("dynamodb"), settings.sockets_table, now=wiring.now),
        SocketGateway(aws.socket_client(settings.websocket_endpoint)),
    )


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    if "Records" in event:
        return _acknowledge_all(event["Records"])
    request = event["requestContext"]
    if request["routeKey"] == "$connect":
        dependencies().sockets.open(request["connectionId"])
    elif request["routeKey"] == "$disconnect":
        dependencies().sockets.close(request["connectionId"])
    observability.info("socket", route=request["routeKey"])
    return {"statusCode": 200}


def _acknowledge_all(records: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Stop at the first that fails: those after it must not be told twice."""
    for record in records:
        try:
            socket = socket_from_item(record["dynamodb"]["NewImage"])
            is_there = acknowledge(socket, dependencies().gateway, pause=clock.sleep)
        except Exception as error:
            observability.error("socket_not_acknowledged", exception=error)
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        observability.info("socket_acknowledged" if is_there else "socket_gone")
    return {"batchItemFailures": []}


wiring.warm(dependencies)
