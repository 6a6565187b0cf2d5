"""Providers of the modes that go through the browser, all played in one way.

``PEERS`` has one for each of ``REDIRECTS``: what is said of every such mode is tested with each.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from carrick.catalog.auth_modes import AuthMode
from tests.support.authorization_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    AuthorizationServer,
    running_authorization_server,
    write_provider,
)


class Peer(Protocol):
    """A provider on loopback. ``credentials`` are those of an integration that it knows."""

    credentials: Mapping[str, Any]
    other_client: Mapping[str, Any]

    def write_entry(self, folder: Path) -> None:
        """Write the entry ``test-provider``."""
        ...

    def authorize(self, location: str) -> str:
        """Approve what the browser was sent for; where it goes then."""
        ...

    def asked(self) -> int:
        """How often it has been asked for anything."""
        ...


class OAuth2Peer:
    """An authorization server (RFC 6749)."""

    credentials = {"type": "OAUTH2", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    other_client = {**credentials, "client_id": "other-client"}

    def __init__(self, server: AuthorizationServer) -> None:
        self._server = server

    def write_entry(self, folder: Path) -> None:
        write_provider(folder, self._server.url)

    def authorize(self, location: str) -> str:
        return self._server.authorize(location)

    def asked(self) -> int:
        return len(self._server.requests)


@contextmanager
def oauth2_peer() -> Iterator[Peer]:
    with running_authorization_server() as server:
        yield OAuth2Peer(server)


PEERS: Mapping[AuthMode, Callable[[], AbstractContextManager[Peer]]] = {
    AuthMode.OAUTH2: oauth2_peer,
}
