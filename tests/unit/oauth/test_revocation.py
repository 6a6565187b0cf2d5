"""RFC 7009: what is asked, and which answers mean that the token is gone."""

import json
from urllib.parse import parse_qsl

import pytest

from carrick.errors import ProviderConfigurationError, ProviderError, ProviderUnavailableError
from carrick.models.http import InboundResponse
from carrick.oauth.client_auth import Client, ClientAuthMethod
from carrick.oauth.revocation import build_revocation_request, process_revocation_response

TOKEN = "canary-secret-token"


def respond(status, body=b"", headers=None) -> InboundResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return InboundResponse(status, headers or {}, data)


def test_the_request_names_the_token_its_kind_and_the_client():
    client = Client("client", "canary-secret-1", ClientAuthMethod.CLIENT_SECRET_POST)
    request = build_revocation_request(
        "https://provider.example/revoke", client, token=TOKEN, token_type_hint="refresh_token"
    )
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(request.body.decode())) == {
        "token": TOKEN,
        "token_type_hint": "refresh_token",
        "client_id": "client",
        "client_secret": "canary-secret-1",
    }
    assert "canary-secret" not in repr(request)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"OK"),
        (200, {}),
        (200, {"ok": True, "revoked": True}),
        (204, b""),
        (200, b"<html>done</html>"),
        (400, {"error": "invalid_token", "error_description": "Token expired or revoked"}),
    ],
)
def test_the_token_is_gone(status, body):
    assert process_revocation_response(respond(status, body)) is None


def test_a_kind_that_cannot_be_revoked_is_told_apart():
    with pytest.raises(ProviderError) as caught:
        process_revocation_response(respond(400, {"error": "unsupported_token_type"}))
    assert type(caught.value) is ProviderError
    assert caught.value.provider_code == "unsupported_token_type"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (503, b"", ProviderUnavailableError),
        (503, {"error": "unsupported_token_type"}, ProviderUnavailableError),
        (429, b"", ProviderUnavailableError),
        (302, b"", ProviderUnavailableError),
        (404, b"<html>gone</html>", ProviderUnavailableError),
        (401, {"error": "invalid_client"}, ProviderConfigurationError),
        (401, {"error": "invalid_token"}, ProviderUnavailableError),
        (401, b"", ProviderConfigurationError),
        (200, {"ok": False, "error": "fatal_error"}, ProviderUnavailableError),
        (200, {"error": "invalid_client"}, ProviderConfigurationError),
    ],
)
def test_the_token_is_maybe_not_gone(status, body, kind):
    with pytest.raises(kind):
        process_revocation_response(respond(status, body))


def test_a_busy_server_says_when_to_come_back():
    with pytest.raises(ProviderUnavailableError) as caught:
        process_revocation_response(respond(503, headers={"retry-after": "30"}))
    assert caught.value.retry_after_seconds == 30.0
