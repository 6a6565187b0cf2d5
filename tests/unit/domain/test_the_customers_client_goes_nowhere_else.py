"""Requirement 40 for MCP servers: a person names the server, and that server names the endpoints.

An endpoint of an allowed host beside one of the server's own must not draw the customer's client
there: with a pushed request before anybody has approved, with a code, a refresh or a revocation.
"""

import json
from typing import Any

import pytest

from carrick.catalog import Catalog
from carrick.domain.modes.contract import Setting, Tools
from carrick.domain.modes.mcp import SERVER, McpOAuth2Generic
from carrick.domain.modes.redirect import Away, Departure
from carrick.errors import FlowError
from carrick.models.credentials import Credentials
from carrick.models.flow import Flow
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.models.integration import CustomSecrets, Integration
from carrick.transport.client import Transport

NOW = 1_800_000_000.0
SECRET = "canary-secret-own-client"
STRANGER, ALLOWED = "https://mcp.example.net", "https://auth.example.com"
WITH_SECRET = ("token", "pushed_authorization_request", "revocation")


class Servers(Transport):
    """A stranger's MCP server that is its own issuer, and an allowed authorization server."""

    def __init__(self, **metadata: Any) -> None:
        super().__init__()
        self.sent: list[OutboundRequest] = []
        self._answers: dict[str, Any] = {
            f"{STRANGER}/.well-known/oauth-authorization-server": {
                "issuer": STRANGER,
                "authorization_endpoint": f"{ALLOWED}/authorize",
                "token_endpoint": f"{ALLOWED}/token",
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                **metadata,
            },
            f"{ALLOWED}/par": {"request_uri": "urn:x", "expires_in": 60},
        }

    def send(self, request: OutboundRequest, **_: object) -> InboundResponse:
        self.sent.append(request)
        answer = self._answers.get(request.url)
        status = 404 if answer is None else 200
        headers = {"content-type": "application/json"}
        return InboundResponse(status, headers, json.dumps(answer or {}).encode())

    def with_ports(self, ports: object) -> "Servers":
        return self

    def given_the_secret(self) -> list[str]:
        return [each.url for each in self.sent if SECRET in each.body.decode()]


def setting(*allowed_hosts: str) -> Setting:
    provider = Catalog().get("mcp-generic")
    integration = Integration(
        "e", "i", provider.name, NOW, NOW, client_id="ours", allowed_hosts=allowed_hosts
    )
    return Setting(provider, integration, SECRET, CustomSecrets(), {})


def begin(servers: Servers, *allowed_hosts: str) -> Away:
    flow = Flow(
        state_hash="s",
        environment_id="e",
        integration_id="i",
        connection_id="c",
        session_hash="h",
        operation_id="o",
        provider="mcp-generic",
        client_id="ours",
        redirect_uri="https://app.example.com/callback",
        callback_integration="",
        binding_hash="b",
        expected_issuer="",
        issuer_required=False,
        created_at=NOW,
        expires_at=NOW + 60,
        is_reconnect=False,
        connection_config={"mcp_server_url": STRANGER},
    )
    departure = Departure(flow, setting(*allowed_hosts), "state", {})
    return McpOAuth2Generic().begin(departure, Tools(servers, lambda: NOW))


def test_it_is_used_where_all_that_see_it_are_allowed() -> None:
    servers = Servers(
        pushed_authorization_request_endpoint=f"{ALLOWED}/par",
        require_pushed_authorization_requests=True,
    )

    assert begin(servers, "auth.example.com").secrets.mcp_server["client_id"] == "ours"
    assert servers.given_the_secret() == [f"{ALLOWED}/par"]


@pytest.mark.parametrize("name", WITH_SECRET)
def test_one_endpoint_of_another_host_is_enough_to_refuse(name: str) -> None:
    servers = Servers(
        **{
            "pushed_authorization_request_endpoint": f"{ALLOWED}/par",
            "require_pushed_authorization_requests": True,
            f"{name}_endpoint": f"{STRANGER}/drawn",
        }
    )

    with pytest.raises(FlowError, match="registers no clients"):
        begin(servers, "auth.example.com")
    assert servers.given_the_secret() == []


@pytest.mark.parametrize("name", WITH_SECRET)
def test_a_connection_from_before_is_held_to_it_too(name: str) -> None:
    servers = Servers()
    kept = {**begin(servers, "auth.example.com").secrets.mcp_server}
    kept[f"{name}_endpoint"] = f"{STRANGER}/drawn"
    values = {"access_token": "a", "refresh_token": "canary-secret-refresh"}
    credentials = Credentials("OAUTH2", values, kept={SERVER: kept})

    with pytest.raises(FlowError, match="not allowed"):
        McpOAuth2Generic().renew(
            credentials, setting("auth.example.com"), Tools(servers, lambda: NOW)
        )
    assert servers.given_the_secret() == []
