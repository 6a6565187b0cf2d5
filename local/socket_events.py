"""The events of a WebSocket API: ``CONNECT``, ``MESSAGE`` and ``DISCONNECT``.

Format: "Set up WebSocket API integration requests" in the API Gateway developer guide, and what
others have observed of it.
"""

import base64
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.events import MONTHS
from local.http_messages import HttpRequest
from local.resources import SocketApi

Event = dict[str, Any]


def new_gateway_id() -> str:
    """An id of a connection, in the form that API Gateway gives them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode("ascii")


def connect_event(api: SocketApi, gateway_id: str, request: HttpRequest) -> Event:
    """A browser asks for a connection."""
    query = request.target.partition("?")[2]
    event: Event = {
        "headers": dict(request.headers),
        "multiValueHeaders": {name: [value] for name, value in request.headers},
        "requestContext": _context(api, gateway_id, request, "$connect", eventType="CONNECT"),
        "isBase64Encoded": False,
    }
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        event["queryStringParameters"] = dict(pairs)
    return event


def message_event(api: SocketApi, gateway_id: str, request: HttpRequest, text: str) -> Event:
    """A browser sent something; ``request`` is that of its handshake."""
    more = {"eventType": "MESSAGE", "messageId": new_gateway_id()}
    context = _context(api, gateway_id, request, "$default", **more)
    return {"requestContext": context, "body": text, "isBase64Encoded": False}


def disconnect_event(api: SocketApi, gateway_id: str, request: HttpRequest, code: int) -> Event:
    """A connection has ended, with this status of the WebSocket protocol."""
    headers = {"Host": request.header("host")}
    context = _context(
        api,
        gateway_id,
        request,
        "$disconnect",
        eventType="DISCONNECT",
        disconnectStatusCode=code,
        disconnectReason="",
    )
    return {"headers": headers, "requestContext": context, "isBase64Encoded": False}


def _context(
    api: SocketApi, gateway_id: str, request: HttpRequest, route_key: str, **more: Any
) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "routeKey": route_key,
        "extendedRequestId": new_gateway_id(),
        "requestTime": f"{now:%d}/{MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S} +0000",
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "messageDirection": "IN",
        "stage": api.stage,
        "connectedAt": int(now.timestamp() * 1000),
        "identity": {"sourceIp": request.client, "userAgent": request.header("user-agent")},
        "requestId": str(uuid.uuid4()),
        "domainName": request.header("host"),
        "connectionId": gateway_id,
        "apiId": api.api_id,
        **more,
    }
