"""Requirements 42, 71, 72, 77: what an MCP server says can send nobody anywhere it should not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.mcp_server import (
    REGISTRATION,
    RESOURCE_METADATA,
    SERVER_METADATA,
    McpServer,
    running_mcp_server,
    write_mcp_provider,
)
from tests.support.stack import Response
from tests.support.tenant import Tenant


@pytest.fixture
def mcp(tenant: Tenant, server: AuthorizationServer, tmp_path: Path) -> Iterator[McpServer]:
    """A server that behaves well, whose issuer is itself and whose endpoints are ``server``'s."""
    write_mcp_provider(tmp_path)
    body = {"provider": "any-mcp", "unique_key": "mcp"}
    assert tenant.call("POST", "/integrations", body).status == 200
    with running_mcp_server() as running:
        running.describe(server.url)
        yield running


def start(tenant: Tenant, url: str) -> Response:
    query = f"&params[mcp_server_url]={quote(url, safe='')}"
    return tenant.start(tenant.session(), "mcp", query)


def resource(mcp: McpServer, **changes: Any) -> None:
    mcp.documents[RESOURCE_METADATA][1].update(changes)


def metadata(**changes: Any) -> Callable[[McpServer], None]:
    return lambda mcp: mcp.documents[SERVER_METADATA][1].update(changes)


def unsaid(name: str) -> Callable[[McpServer], None]:
    return lambda mcp: mcp.documents[SERVER_METADATA][1].pop(name)


def elsewhere(mcp: McpServer) -> None:
    mcp.challenge = 'Bearer resource_metadata="http://127.0.0.2:1/x"'


def redirecting(mcp: McpServer) -> None:
    mcp.documents[f"{SERVER_METADATA}-moved"] = mcp.documents[SERVER_METADATA]
    mcp.documents[SERVER_METADATA] = (302, f"{mcp.url}{SERVER_METADATA}-moved")


MISBEHAVIOURS: dict[str, Callable[[McpServer], None]] = {
    "another issuer": metadata(issuer="https://other.example.com"),
    "issuer with a slash more": lambda mcp: metadata(issuer=f"{mcp.url}/")(mcp),
    "no issuer": unsaid("issuer"),
    "no word of PKCE": unsaid("code_challenge_methods_supported"),
    "PKCE without S256": metadata(code_challenge_methods_supported=["plain"]),
    "token endpoint inside": metadata(token_endpoint="https://169.254.169.254/token"),
    "token endpoint without TLS": metadata(token_endpoint="http://auth.example.com/token"),
    "token endpoint is a file": metadata(token_endpoint="file:///etc/passwd"),
    "token endpoint at another port": metadata(token_endpoint="https://auth.example.com:8443/t"),
    "authorization endpoint inside": metadata(authorization_endpoint="https://10.0.0.1/a"),
    "authorization endpoint runs": metadata(authorization_endpoint="javascript:alert(1)"),
    "authorization endpoint for a shell": metadata(
        authorization_endpoint="https://auth.example.com/$(calc)?a=`b`"
    ),
    "authorization endpoint is a template": metadata(
        authorization_endpoint="https://auth.example.com/${connectionConfig.mcp_server_url}"
    ),
    "registration inside": metadata(registration_endpoint="https://[::ffff:10.0.0.1]/register"),
    "revocation inside": metadata(revocation_endpoint="https://192.168.0.1/revoke"),
    "no token endpoint": unsaid("token_endpoint"),
    "metadata at another host": elsewhere,
    "another server's resource": lambda mcp: resource(mcp, resource="https://mcp.example.com/mcp"),
    "a resource beside it": lambda mcp: resource(mcp, resource=f"{mcp.url}/mcp2"),
    "no authorization server": lambda mcp: resource(mcp, authorization_servers=[]),
    "authorization server inside": lambda mcp: resource(
        mcp, authorization_servers=["https://169.254.170.2"]
    ),
    "no metadata": lambda mcp: mcp.documents.clear(),
    "metadata that is a page": lambda mcp: mcp.documents.update(
        {SERVER_METADATA: (200, b"<html>welcome</html>")}
    ),
    "metadata by redirect": redirecting,
    "endless metadata": metadata(padding="x" * 300_000),
}


@pytest.mark.parametrize("misbehave", MISBEHAVIOURS.values(), ids=MISBEHAVIOURS)
def test_what_is_not_its_own_to_say_ends_the_flow(
    misbehave: Callable[[McpServer], None],
    tenant: Tenant,
    server: AuthorizationServer,
    mcp: McpServer,
) -> None:
    misbehave(mcp)

    answer = start(tenant, mcp.mcp_url)

    assert answer.status == 400
    assert "location" not in answer.headers
    assert tenant.stack.items("FlowsTable") == []
    assert mcp.bodies(REGISTRATION) == []
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://localhost.example.com:8443/mcp",
        "http://mcp.example.com/mcp",
        "https://user@mcp.example.com/mcp",
        "file:///etc/passwd",
        "mcp.example.com",
    ],
)
def test_a_server_is_asked_at_an_address_that_is_allowed_or_not_at_all(
    url: str, tenant: Tenant, mcp: McpServer
) -> None:
    answer = start(tenant, url)

    assert answer.status == 400
    assert tenant.stack.items("FlowsTable") == []


def test_a_refused_registration_is_told_without_what_was_said(
    tenant: Tenant, mcp: McpServer
) -> None:
    said = {"error": "invalid_client_metadata", "error_description": "<script>no"}
    mcp.documents[REGISTRATION] = (400, said)

    answer = start(tenant, mcp.mcp_url)

    assert answer.status == 400
    assert "<script>no" not in answer.text
    assert tenant.stack.items("FlowsTable") == []


@pytest.mark.parametrize("path", ["", "/mcp"], ids=["at the root", "below the path"])
def test_metadata_is_found_without_a_challenge(path: str, tenant: Tenant, mcp: McpServer) -> None:
    mcp.challenge = ""
    document = mcp.documents.pop(RESOURCE_METADATA)
    mcp.documents[f"/.well-known/oauth-protected-resource{path}"] = document

    assert start(tenant, mcp.mcp_url).status == 302


def test_a_server_without_metadata_of_its_own_is_its_own_issuer(
    tenant: Tenant, mcp: McpServer
) -> None:
    mcp.challenge = ""
    mcp.documents.pop(RESOURCE_METADATA)

    assert start(tenant, mcp.mcp_url).status == 302


def test_openid_connect_metadata_will_do(tenant: Tenant, mcp: McpServer) -> None:
    document = mcp.documents.pop(SERVER_METADATA)
    mcp.documents["/.well-known/openid-configuration"] = document

    assert start(tenant, mcp.mcp_url).status == 302
