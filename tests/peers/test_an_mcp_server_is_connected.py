"""A person names an MCP server; oidc-provider authorizes for it and registers the client."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.e2e.authorization_server import AuthorizationServer, running_authorization_server
from tests.peers.person import Person
from tests.support.mcp_server import (
    RESOURCE_METADATA,
    McpServer,
    running_mcp_server,
    write_mcp_provider,
)
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant


@pytest.fixture(scope="module")
def mcp() -> Iterator[McpServer]:
    with running_mcp_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(mcp: McpServer) -> Iterator[AuthorizationServer]:
    features = {"registration": {"enabled": True}}
    with running_authorization_server([], features=features, resources=[mcp.mcp_url]) as running:
        mcp.challenge = f'Bearer resource_metadata="{mcp.url}{RESOURCE_METADATA}", scope="read"'
        mcp.documents = {
            RESOURCE_METADATA: (
                200,
                {"resource": mcp.mcp_url, "authorization_servers": [running.issuer]},
            )
        }
        yield running


@pytest.fixture
def tenant(stack: RunningStack, server: AuthorizationServer, tmp_path: Path) -> Tenant:
    write_mcp_provider(tmp_path)
    stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
    made = Tenant(stack)
    body = {"provider": "any-mcp", "unique_key": "mcp"}
    answer = made.call("POST", "/integrations", body)
    assert answer.status == 200, answer.text
    return made


def connect(tenant: Tenant, mcp: McpServer) -> tuple[dict[str, list[str]], str]:
    """A whole flow: the authorization request, and the connection that was made."""
    query = f"&params[mcp_server_url]={quote(mcp.mcp_url, safe='')}"
    # Without it oidc-provider gives no refresh token.
    query += "&authorization_params[prompt]=consent"
    before = {row["connection_id"] for row in rows(tenant)}
    started = tenant.start(tenant.session(), "mcp", query)
    assert started.status == 302, started.text
    location = started.headers["location"]
    ended = tenant.back(Person().approve(location), started.cookies)
    assert ended.status == 200, ended.text
    (made,) = {row["connection_id"] for row in rows(tenant)} - before
    return parse_qs(urlsplit(location).query), made


def rows(tenant: Tenant) -> list[dict[str, str]]:
    found: list[dict[str, str]] = tenant.call("GET", "/connections").json()["connections"]
    return found


def test_a_server_is_connected_and_refreshed_by_its_url_alone(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    asked, connection_id = connect(tenant, mcp)
    first = tenant.read(connection_id, "", "mcp").json()
    refreshed = [
        tenant.read(connection_id, "&force_refresh=true&refresh_token=true", "mcp").json()
        for _ in range(2)
    ]

    assert asked["resource"] == [mcp.mcp_url]
    assert asked["scope"] == ["read offline_access"]
    assert asked["code_challenge_method"] == ["S256"]
    tokens = [answer["credentials"]["access_token"] for answer in (first, *refreshed)]
    assert len(set(tokens)) == 3
    assert first["connection_config"] == {
        "mcp_server_url": mcp.mcp_url,
        "oauth_resource_url": mcp.mcp_url,
    }
    for grant in ("authorization_code", "refresh_token"):
        requests = server.token_requests(grant, client_id=asked["client_id"][0])
        assert {told["asked"]["resource"] for told in requests} == {mcp.mcp_url}


def test_the_registered_client_is_shown_to_nobody(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    """Its secret is the server's own text, so the stack's search for canaries would not see it."""
    _, connection_id = connect(tenant, mcp)
    registered = next(told for told in reversed(server.told) if told["url"] == "/reg")
    secret = registered["answered"]["client_secret"]

    read = tenant.read(connection_id, "&refresh_token=true", "mcp")

    assert registered["asked"]["redirect_uris"] == ["https://carrick.example/oauth/callback/mcp"]
    assert secret not in read.text
    assert secret not in tenant.stack.everything_stored()


def test_each_connection_has_a_client_of_its_own(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    asked = [connect(tenant, mcp)[0]["client_id"][0] for _ in range(2)]

    assert len(set(asked)) == 2
