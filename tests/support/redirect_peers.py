"""Providers of the modes that go through the browser, all played in one way.

``PEERS`` has one for each of ``REDIRECTS``: what is said of every such mode is tested with each.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from carrick.catalog.auth_modes import AuthMode
from tests.support.app_server import APP_ID, AppServer, running_app_server
from tests.support.app_server import CLIENT_ID as APP_CLIENT_ID
from tests.support.authorization_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    AuthorizationServer,
    running_authorization_server,
    write_provider,
)
from tests.support.mcp_server import McpServer, running_mcp_server, write_mcp_provider
from tests.support.oauth1_server import CLIENT_ID as OAUTH1_CLIENT_ID
from tests.support.oauth1_server import OAuth1Server, running_oauth1_server
from tests.support.private_keys import PEM
from tests.support.scripted_api import ScriptedApi, running_scripted_api


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


class McpPeer(OAuth2Peer):
    """The same, known to its entry as an MCP server's."""

    credentials = {**OAuth2Peer.credentials, "type": "MCP_OAUTH2"}
    other_client = {**credentials, "client_id": "other-client"}

    def write_entry(self, folder: Path) -> None:
        write_provider(folder, self._server.url, auth_mode='"MCP_OAUTH2"')


class AnyMcpPeer(OAuth2Peer):
    """The same, which an MCP server names that the person names."""

    credentials = {**OAuth2Peer.credentials, "type": "MCP_OAUTH2_GENERIC"}
    other_client = {**credentials, "client_id": "other-client"}

    def __init__(self, server: AuthorizationServer, mcp: McpServer) -> None:
        super().__init__(server)
        self._mcp = mcp
        mcp.describe(server.url)

    def write_entry(self, folder: Path) -> None:
        write_mcp_provider(folder, "test-provider", default=self._mcp.mcp_url)

    def authorize(self, location: str) -> str:
        return self._server.authorize(location, iss=self._mcp.url)

    def asked(self) -> int:
        return len(self._server.requests) + len(self._mcp.asked)


class OAuth1Peer:
    """A provider of OAuth 1.0a (RFC 5849)."""

    credentials = {
        "type": "OAUTH1",
        "client_id": OAUTH1_CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    other_client = {**credentials, "client_id": "other-client"}

    def __init__(self, server: OAuth1Server) -> None:
        self._server = server

    def write_entry(self, folder: Path) -> None:
        self._server.write_entry(folder)

    def authorize(self, location: str) -> str:
        return self._server.authorize(location)

    def asked(self) -> int:
        return len(self._server.requests)


class AppPeer:
    """A provider of apps, in which the person installs one."""

    def __init__(self, server: AppServer, auth_mode: str) -> None:
        self._server, self._auth_mode = server, auth_mode
        link = "https://apps.example.com/x"
        app = {"type": auth_mode, "app_id": APP_ID, "app_link": link, "private_key": PEM}
        client = {"client_id": APP_CLIENT_ID, "client_secret": CLIENT_SECRET}
        is_client = auth_mode == "CUSTOM"
        self.credentials: Mapping[str, Any] = {**app, **client} if is_client else app
        other = {"client_id": "other-client"} if is_client else {"app_id": "999"}
        self.other_client: Mapping[str, Any] = {**self.credentials, **other}

    def write_entry(self, folder: Path) -> None:
        self._server.write_entry(folder, self._auth_mode)

    def authorize(self, location: str) -> str:
        return self._server.authorize(location, auth_mode=self._auth_mode)

    def asked(self) -> int:
        return len(self._server.requests)


@contextmanager
def app_peer(auth_mode: str) -> Iterator[Peer]:
    with running_app_server() as server:
        yield AppPeer(server, auth_mode)


class PluginPeer:
    """A provider of plug-ins: it gives the state back as ``payload``."""

    credentials = {
        "type": "INSTALL_PLUGIN",
        "app_link": "https://plugins.example.com/initiate",
        "username": "plug-in",
        "password": CLIENT_SECRET,
    }
    other_client = {**credentials, "username": "other"}

    def __init__(self, api: ScriptedApi) -> None:
        self.api = api
        api.answers["GET /account"] = (200, {})

    def write_entry(self, folder: Path) -> None:
        api = f'{{ base_url = "{self.api.url}", verification = {{ paths = ["/account"] }} }}'
        write_provider(
            folder,
            self.api.url,
            auth_mode='"INSTALL_PLUGIN"',
            authorization_url="",
            token_url="",
            redirect_uri_metadata='["website_id"]',
            account_id_paths='["website_id"]',
            secondary_auth_mode='"BASIC"',
            api=api,
        )

    def authorize(self, location: str) -> str:
        assert location.startswith("https://plugins.example.com/initiate?payload=")
        return f"/oauth/callback?{urlsplit(location).query}&website_id=site-1&token=t"

    def asked(self) -> int:
        return len(self.api.asked)


@contextmanager
def plugin_peer() -> Iterator[Peer]:
    with running_scripted_api() as api:
        yield PluginPeer(api)


@contextmanager
def oauth1_peer() -> Iterator[Peer]:
    with running_oauth1_server() as server:
        yield OAuth1Peer(server)


@contextmanager
def oauth2_peer() -> Iterator[Peer]:
    with running_authorization_server() as server:
        yield OAuth2Peer(server)


@contextmanager
def mcp_peer() -> Iterator[Peer]:
    with running_authorization_server() as server:
        yield McpPeer(server)


@contextmanager
def any_mcp_peer() -> Iterator[Peer]:
    with running_authorization_server() as server, running_mcp_server() as mcp:
        yield AnyMcpPeer(server, mcp)


PEERS: Mapping[AuthMode, Callable[[], AbstractContextManager[Peer]]] = {
    AuthMode.APP: partial(app_peer, "APP"),
    AuthMode.CUSTOM: partial(app_peer, "CUSTOM"),
    AuthMode.INSTALL_PLUGIN: plugin_peer,
    AuthMode.MCP_OAUTH2: mcp_peer,
    AuthMode.MCP_OAUTH2_GENERIC: any_mcp_peer,
    AuthMode.OAUTH1: oauth1_peer,
    AuthMode.OAUTH2: oauth2_peer,
}
