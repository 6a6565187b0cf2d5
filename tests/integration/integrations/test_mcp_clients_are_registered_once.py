"""Requirement 74: an integration of MCP_OAUTH2 has one client, made when it is made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.mcp_server import REGISTRATION, McpServer, running_mcp_server
from tests.support.tenant import Tenant

BASE = "https://carrick.example"
DYNAMIC = """
display_name = "An MCP provider"
auth_mode = "MCP_OAUTH2"
authorization_url = "{server}/authorize"
token_url = "{server}/token"
registration_url = "{mcp}/register"
resource = "https://mcp.example.com/mcp"

[registration]
method = "{method}"
params = {{ software_id = "x" }}
"""


@pytest.fixture
def mcp(server: AuthorizationServer, tmp_path: Path) -> Iterator[McpServer]:
    with running_mcp_server() as running:
        running.describe(server.url)
        for method in ("dynamic", "static", "metadata_document"):
            text = DYNAMIC.format(server=server.url, mcp=running.url, method=method)
            name = method.replace("_", "-")
            (tmp_path / f"{name}-mcp.toml").write_text(text, encoding="utf-8")
        yield running


def integrate(tenant: Tenant, provider: str = "dynamic-mcp", **body: Any) -> Any:
    asked = {"provider": provider, "unique_key": "mcp", **body}
    return tenant.call("POST", "/integrations", asked)


def connect(tenant: Tenant, server: AuthorizationServer) -> str:
    started = tenant.start(tenant.session(), "mcp")
    assert started.status == 302, started.text
    ended = tenant.back(server.authorize(started.headers["location"]), started.cookies)
    assert ended.status == 200, ended.text
    rows = tenant.call("GET", "/connections").json()["connections"]
    return str(rows[0]["connection_id"])


def test_every_connection_uses_the_one_client(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    assert integrate(tenant).status == 200

    for _ in range(2):
        answer = tenant.read(connect(tenant, server), "&force_refresh=true", "mcp")
        assert answer.status == 200, answer.text

    (asked,) = mcp.bodies(REGISTRATION)
    assert asked["redirect_uris"] == [f"{BASE}/oauth/callback/mcp"]
    assert asked["software_id"] == "x"
    clients = {(r.params["client_id"], r.params["client_secret"]) for r in server.requests}
    assert clients == {("registered", "canary-secret-registered")}
    assert {r.params["resource"] for r in server.requests} == {"https://mcp.example.com/mcp"}
    assert all("code_verifier" in r.params for r in server.exchanges())


def test_another_callback_needs_another_client_and_old_connections_keep_theirs(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    integrate(tenant)
    connection_id = connect(tenant, server)
    made = {"client_id": "second", "client_secret": "canary-secret-second"}
    mcp.documents[REGISTRATION] = (201, made)

    scopes = {"credentials": {"type": "MCP_OAUTH2", "scopes": "read"}}
    assert tenant.call("PATCH", "/integrations/mcp", scopes).status == 200
    assert len(mcp.bodies(REGISTRATION)) == 1
    moved = {"callback_url": "https://app.example.com/oauth-callback"}
    assert tenant.call("PATCH", "/integrations/mcp", moved).status == 200

    assert mcp.bodies(REGISTRATION)[1]["redirect_uris"] == [moved["callback_url"]]
    assert tenant.read(connection_id, "&force_refresh=true", "mcp").status == 200
    assert server.refreshes()[-1].params["client_id"] == "registered"
    path = "/integrations/mcp?include=credentials"
    assert tenant.call("GET", path).json()["data"]["credentials"]["client_id"] == "second"


def test_a_client_for_another_callback_begins_nothing(tenant: Tenant, mcp: McpServer) -> None:
    integrate(tenant)
    environment = f"/environments/{tenant.environment_id}"
    tenant.root("PATCH", environment, {"callback_url": "https://app.example.com/oauth-callback"})

    assert tenant.start(tenant.session(), "mcp").status == 400


def test_a_client_of_the_customers_is_used_as_it_is(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    credentials = {"type": "MCP_OAUTH2", "client_id": "ours"}
    assert integrate(tenant, credentials=credentials).status == 200

    connect(tenant, server)

    assert mcp.bodies(REGISTRATION) == []
    (request,) = server.exchanges()
    assert request.params["client_id"] == "ours"
    assert "client_secret" not in request.params


def test_a_refused_registration_makes_no_integration(tenant: Tenant, mcp: McpServer) -> None:
    mcp.documents[REGISTRATION] = (403, {"error": "access_denied"})

    answer = integrate(tenant)

    assert (answer.status, answer.json()["error"]["code"]) == (424, "client_registration_err")
    assert tenant.call("GET", "/integrations/mcp").status == 404


def test_where_clients_are_registered_by_hand_one_must_be_given(
    tenant: Tenant, mcp: McpServer
) -> None:
    answer = integrate(tenant, "static-mcp")

    assert answer.status == 400
    assert answer.json()["error"]["errors"][0]["path"] == ["credentials"]


def test_a_provider_that_reads_documents_gets_the_url_of_ours(
    tenant: Tenant, server: AuthorizationServer, mcp: McpServer
) -> None:
    assert integrate(tenant, "metadata-document-mcp").status == 200

    connect(tenant, server)

    document = f"{BASE}/oauth/client-metadata/{tenant.environment_id}/mcp"
    assert server.exchanges()[0].params["client_id"] == document
    assert mcp.bodies(REGISTRATION) == []


def test_our_document_holds_no_callback_of_the_customers(tenant: Tenant, mcp: McpServer) -> None:
    callback = "https://app.example.com/oauth-callback"

    answer = integrate(tenant, "metadata-document-mcp", callback_url=callback)

    assert answer.status == 400
    assert answer.json()["error"]["errors"][0]["path"] == ["callback_url"]
