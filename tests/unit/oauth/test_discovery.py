"""Metadata is looked for where RFC 9728 and RFC 8414 put it, and speaks for its own owner."""

import json

import pytest

from carrick.errors import FlowError
from carrick.models.http import InboundResponse
from carrick.oauth.discovery import (
    Challenge,
    canonical,
    challenge_of,
    process_resource_metadata,
    process_server_metadata,
    resource_metadata_urls,
    server_metadata_urls,
)

HOST = "https://mcp.example.com"


def answer(document: object) -> InboundResponse:
    return InboundResponse(200, {}, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("HTTPS://MCP.Example.com/Mcp", f"{HOST}/Mcp"),
        (f"{HOST}/", HOST),
        (HOST, HOST),
        (f"{HOST}/mcp/", f"{HOST}/mcp/"),
    ],
)
def test_a_resource_has_one_name(url, name):
    assert canonical(url) == name


def test_a_resources_metadata_is_below_its_path_or_at_the_root():
    well_known = f"{HOST}/.well-known/oauth-protected-resource"
    assert resource_metadata_urls(f"{HOST}/a/mcp") == (f"{well_known}/a/mcp", well_known)
    assert resource_metadata_urls(HOST) == (well_known,)


def test_an_issuers_metadata_has_three_places():
    assert server_metadata_urls("https://auth.example.com/t1") == (
        "https://auth.example.com/.well-known/oauth-authorization-server/t1",
        "https://auth.example.com/.well-known/openid-configuration/t1",
        "https://auth.example.com/t1/.well-known/openid-configuration",
    )
    assert server_metadata_urls("https://auth.example.com/") == (
        "https://auth.example.com/.well-known/oauth-authorization-server",
        "https://auth.example.com/.well-known/openid-configuration",
    )


@pytest.mark.parametrize(
    ("status", "header", "challenge"),
    [
        (
            401,
            'Bearer realm="x", resource_metadata="https://a.example/m", scope="read write"',
            Challenge("https://a.example/m", ("read", "write")),
        ),
        (401, 'Bearer scope="read read"', Challenge("", ("read",))),
        (401, 'Bearer x_resource_metadata="https://a.example/m"', Challenge()),
        (401, "Bearer", Challenge()),
        (200, 'Bearer resource_metadata="https://a.example/m"', Challenge()),
    ],
)
def test_a_challenge_is_read_from_a_401(status, header, challenge):
    assert challenge_of(InboundResponse(status, {"www-authenticate": header})) == challenge


@pytest.mark.parametrize(
    ("resource", "server", "is_its_own"),
    [
        (f"{HOST}/mcp", f"{HOST}/mcp", True),
        (HOST, f"{HOST}/mcp", True),
        (f"{HOST}/a", f"{HOST}/a/mcp", True),
        (f"{HOST}/a", f"{HOST}/ab", False),
        (f"{HOST}/mcp/deeper", f"{HOST}/mcp", False),
        ("https://mcp.example.com:8443/mcp", f"{HOST}/mcp", False),
        ("https://mcp.example.com.evil.example/mcp", f"{HOST}/mcp", False),
        (f"{HOST}/mcp?tenant=a", f"{HOST}/mcp", False),
        (f"{HOST}/mcp#a", f"{HOST}/mcp", False),
        (["x"], f"{HOST}/mcp", False),
    ],
)
def test_a_server_names_itself_or_what_it_lies_below(resource, server, is_its_own):
    document = {"resource": resource, "authorization_servers": ["https://auth.example.com"]}
    if is_its_own:
        assert process_resource_metadata(answer(document), server).resource == resource
    else:
        with pytest.raises(FlowError):
            process_resource_metadata(answer(document), server)


def test_absent_members_have_the_defaults_of_rfc_8414():
    issuer = "https://auth.example.com"
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize?tenant=a",
        "token_endpoint": f"{issuer}/token",
        "code_challenge_methods_supported": ["plain", "S256"],
    }

    metadata = process_server_metadata(answer(document), issuer)

    assert metadata.auth_methods == ("client_secret_basic",)
    assert metadata.endpoints == (f"{issuer}/authorize?tenant=a", f"{issuer}/token")
    assert not metadata.iss_parameter
    assert not metadata.takes_metadata_documents


def test_a_request_is_pushed_only_where_it_must_be():
    issuer = "https://auth.example.com"
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "code_challenge_methods_supported": ["S256"],
    }
    must = {**document, "require_pushed_authorization_requests": True}

    free = process_server_metadata(answer(document), issuer)
    bound = process_server_metadata(answer(must), issuer)

    assert free.pushed_authorization_request_endpoint == ""
    assert bound.pushed_authorization_request_endpoint == f"{issuer}/par"
