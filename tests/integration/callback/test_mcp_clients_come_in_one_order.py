"""Requirement 73: the customer's client, then the one that is a URL, then one that is made."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.support.authorization_server import CLIENT_SECRET, AuthorizationServer
from tests.support.mcp_server import (
    REGISTRATION,
    McpServer,
    running_mcp_server,
    write_mcp_provider,
)
from tests.support.stack import Response
from tests.support.tenant import Tenant

BASE = "https://carrick.example"


@pytest.fixture
def mcp(server: AuthorizationServer, tmp_path: Path) -> Iterator[McpServer]:
    write_mcp_provider(tmp_path)
    with running_mcp_server() as running:
        running.describe(server.url)
        yield running


def integrate(tenant: Tenant, **body: Any) -> None:
    asked = {"provider": "any-mcp", "unique_key": "mcp", **body}
    answer = tenant.call("POST", "/integrations", asked)
    assert answer.status == 200, answer.text


def begin(tenant: Tenant, mcp: McpServer) -> Response:
    query = f"&params[mcp_server_url]={quote(mcp.mcp_url, safe='')}"
    return tenant.start(tenant.session(), "mcp", query)


def connect(tenant: Tenant, server: AuthorizationServer, mcp: McpServer) -> tuple[str, str]:
    """A whole flow and a refresh: as which client, and the connection."""
    started = begin(tenant, mcp)
    assert started.status == 302, started.text
    location = started.headers["location"]
    back = server.authorize(location, iss=mcp.url)
    assert tenant.back(back, started.cookies).status == 200
    (row,) = tenant.call("GET", "/connections").json()["connections"]
    answer = tenant.read(row["connection_id"], "&force_refresh=true", "mcp")
    assert answer.status == 200, answer.text
    (client_id,) = parse_qs(urlsplit(location).query)["client_id"]
    return client_id, row["connection_id"]


def sent(server: AuthorizationServer) -> list[tuple[str, str]]:
    """Client and secret of the requests for tokens."""
    return [(r.params["client_id"], r.params.get("client_secret", "")) for r in server.requests]


def own(mcp: McpServer) -> dict[str, Any]:
    credentials = {
        "type": "MCP_OAUTH2_GENERIC",
        "client_id": "ours",
        "client_secret": CLIENT_SECRET,
    }
    return {"credentials": credentials, "allowed_hosts": ["127.0.0.1"]}


def test_a_client_is_registered_where_nothing_else_will_do(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    integrate(tenant)

    client_id, _ = connect(tenant, server, mcp)

    assert client_id == "registered"
    assert sent(server) == [("registered", "canary-secret-registered")] * 2
    (asked,) = mcp.bodies(REGISTRATION)
    assert asked == {
        "client_name": "Carrick",
        "redirect_uris": [f"{BASE}/oauth/callback/mcp"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post",
    }


def test_a_server_that_reads_documents_gets_the_url_of_ours(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    mcp.describe(server.url, client_id_metadata_document_supported=True)
    integrate(tenant)

    client_id, _ = connect(tenant, server, mcp)

    assert client_id == f"{BASE}/oauth/client-metadata/{tenant.environment_id}/mcp"
    assert mcp.bodies(REGISTRATION) == []
    assert sent(server) == [(client_id, "")] * 2
    document = tenant.stack.http("GET", client_id.removeprefix(BASE))
    assert document.status == 200
    assert "no-store" not in document.headers["cache-control"]
    assert document.json() == {
        "client_id": client_id,
        "client_name": "Carrick",
        "redirect_uris": [f"{BASE}/oauth/callback/mcp"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }


def test_a_callback_of_the_customers_is_not_in_our_document(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    mcp.describe(server.url, client_id_metadata_document_supported=True)
    integrate(tenant, callback_url="https://app.example.com/oauth-callback")

    started = begin(tenant, mcp)

    assert parse_qs(urlsplit(started.headers["location"]).query)["client_id"] == ["registered"]
    (asked,) = mcp.bodies(REGISTRATION)
    assert asked["redirect_uris"] == ["https://app.example.com/oauth-callback"]


@pytest.mark.parametrize("path", ["not-a-uuid/mcp", "%2e%2e/mcp"])
def test_only_an_environments_id_stands_in_a_document(path: str, tenant: Tenant) -> None:
    assert tenant.stack.http("GET", f"/oauth/client-metadata/{path}").status == 400


def test_the_customers_client_goes_only_to_hosts_that_the_customer_named(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    integrate(tenant, **{**own(mcp), "allowed_hosts": ["auth.example.com"]})

    client_id, _ = connect(tenant, server, mcp)

    assert client_id == "registered"
    assert CLIENT_SECRET not in json.dumps(sent(server))


def test_an_answer_of_another_issuer_is_refused(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    integrate(tenant)
    started = begin(tenant, mcp)

    back = server.authorize(started.headers["location"], iss="https://other.example.com")

    assert tenant.back(back, started.cookies).status == 400
    assert server.requests == []


def test_a_server_that_promises_its_name_and_does_not_give_it_is_refused(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    mcp.describe(server.url, authorization_response_iss_parameter_supported=True)
    integrate(tenant)
    started = begin(tenant, mcp)

    back = server.authorize(started.headers["location"])

    assert tenant.back(back, started.cookies).status == 400
    assert server.requests == []


def test_a_live_connection_stays_where_it_was_made(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    """Requirement 71: metadata that changes later moves nobody's refresh token."""
    integrate(tenant)
    _, connection_id = connect(tenant, server, mcp)
    mcp.describe("http://127.0.0.1:1")

    answer = tenant.read(connection_id, "&force_refresh=true", "mcp")

    assert answer.status == 200, answer.text
    assert len(server.refreshes()) == 2
