"""From the URL of an MCP server to its authorization server, by requests that carry no secret.

1. the server is asked without a token: its 401 may say where its metadata is (RFC 9728 §5.1)
2. its metadata, there or at the well-known places, names resource and issuer
3. the issuer's metadata, at its well-known places (RFC 8414, OpenID Connect), names the endpoints
4. every endpoint is one that a request may go to; the browser is sent nowhere else either

A server without metadata of its own is asked for an authorization server at its own origin, as MCP
had it before RFC 9728. No redirect is followed. What was found is kept with the connection and not
looked up again, so a server that changes its mind moves no live connection.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from carrick import observability
from carrick.domain.modes.contract import Tools
from carrick.errors import EgressError, EgressFailedError, EgressRefusedError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import members_of
from carrick.oauth.discovery import (
    Challenge,
    ProtectedResource,
    ServerMetadata,
    canonical,
    challenge_of,
    origin,
    process_resource_metadata,
    process_server_metadata,
    refused,
    resource_metadata_urls,
    server_metadata_urls,
)

DISCOVERY_SECONDS = 14.0
REQUEST_SECONDS = 5.0
MAX_DOCUMENT_BYTES = 256 * 1024
PROTOCOL_VERSION = "2025-06-18"
OFFLINE = "offline_access"

_INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": PROTOCOL_VERSION,
        "capabilities": {},
        "clientInfo": {"name": "Carrick", "version": "1"},
    },
}

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Discovered:
    """``scopes`` are what the server asks for, to be asked for unless the customer says more."""

    resource: str
    server: ServerMetadata
    scopes: tuple[str, ...]


class _Asking:
    """Requests within one deadline."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._until = tools.now() + DISCOVERY_SECONDS

    def send(self, request: OutboundRequest) -> InboundResponse:
        left = min(REQUEST_SECONDS, self._until - self._tools.now())
        if left <= 0:
            raise EgressFailedError("Finding the server took too long.", maybe_sent=False)
        return self._tools.transport.send(
            request, deadline_seconds=left, max_body_bytes=MAX_DOCUMENT_BYTES
        )

    def first(
        self, urls: tuple[str, ...], process: Callable[[InboundResponse], Found]
    ) -> Found | None:
        """The first JSON document that is there. One that is there and wrong is an error."""
        for url in urls:
            headers = {"Accept": "application/json", "MCP-Protocol-Version": PROTOCOL_VERSION}
            answer = self.send(OutboundRequest("GET", url, headers))
            if answer.status == 200 and members_of(answer) is not None:
                return process(answer)
        return None


def discover(server_url: str, tools: Tools) -> Discovered:
    """Raises ``FlowError`` (``mcp_discovery_err``) or ``EgressError``."""
    asking = _Asking(tools)
    _check(server_url, tools)
    challenge = _challenge(server_url, asking)
    resource = _resource(server_url, challenge, asking)
    server = asking.first(
        server_metadata_urls(resource.issuer),
        lambda answer: process_server_metadata(answer, resource.issuer),
    )
    if server is None:
        raise refused("its authorization server has no metadata")
    for endpoint in server.endpoints:
        _check(endpoint, tools)
    return Discovered(resource.resource, server, _scopes(challenge, resource, server))


def _challenge(server_url: str, asking: _Asking) -> Challenge:
    """What the server says to a client without a token, if it says something."""
    headers = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
    }
    body = json.dumps(_INITIALIZE).encode()
    try:
        return challenge_of(asking.send(OutboundRequest("POST", server_url, headers, body)))
    except EgressRefusedError:
        raise
    except EgressError as error:  # an endless stream, say; its metadata may be there all the same
        observability.info("mcp_server_silent", code=error.code)
        return Challenge()


def _resource(server_url: str, challenge: Challenge, asking: _Asking) -> ProtectedResource:
    urls = resource_metadata_urls(server_url)
    if challenge.resource_metadata:
        if origin(challenge.resource_metadata) != origin(server_url):
            raise refused("its metadata lies at another host")
        urls = (challenge.resource_metadata,)
    found = asking.first(urls, lambda answer: process_resource_metadata(answer, server_url))
    return found or ProtectedResource(canonical(server_url), origin(server_url))


def _scopes(
    challenge: Challenge, resource: ProtectedResource, server: ServerMetadata
) -> tuple[str, ...]:
    """The challenge's before the metadata's (MCP authorization, scope selection); and what makes
    a connection last, where the server has it."""
    scopes = challenge.scopes or resource.scopes
    lasting = (OFFLINE,) if OFFLINE in server.scopes and OFFLINE not in scopes else ()
    return scopes + lasting


def _check(url: str, tools: Tools) -> None:
    try:
        tools.transport.check(url)
    except EgressRefusedError:
        raise refused("an address in its metadata is not allowed") from None
