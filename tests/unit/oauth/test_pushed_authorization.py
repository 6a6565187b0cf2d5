"""What is pushed is what the URL would have held; the URL then holds a reference (RFC 9126)."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from carrick.errors import ProviderConfigurationError, ProviderUnavailableError
from carrick.models.http import InboundResponse
from carrick.oauth.authorization import AuthorizationRequest, build_authorization_url
from carrick.oauth.client_auth import Client, ClientAuthMethod
from carrick.oauth.pushed_authorization import (
    build_pushed_authorization_url,
    build_pushed_request,
    process_pushed_response,
)

REQUEST = AuthorizationRequest(
    endpoint="https://auth.example.com/authorize?tenant=a&request_uri=forged",
    client_id="client",
    redirect_uri="https://carrick.example/oauth/callback/x",
    state="state-1",
    scopes=("read", "write"),
    code_challenge="challenge",
    provider_params={"resource": "https://api.example.com/", "audience": "a b"},
    session_params={"resource": "https://other.example.com/", "prompt": "consent"},
)
CLIENT = Client("client", "canary-secret-client", ClientAuthMethod.CLIENT_SECRET_POST)


def test_the_parameters_are_those_of_the_url_and_the_clients_proof():
    sent = build_pushed_request("https://auth.example.com/par", CLIENT, REQUEST)
    pushed = dict(parse_qsl(sent.body.decode()))

    in_url = dict(parse_qsl(urlsplit(build_authorization_url(REQUEST)).query))
    for name in ("tenant", "request_uri"):  # the endpoint's own
        in_url.pop(name)
    assert pushed == {**in_url, "client_secret": "canary-secret-client"}
    assert pushed["resource"] == "https://api.example.com/"


def test_the_browser_carries_client_and_reference():
    url = build_pushed_authorization_url(REQUEST, "urn:ietf:params:oauth:request_uri:a&b")

    assert parse_qs(urlsplit(url).query) == {
        "tenant": ["a"],
        "client_id": ["client"],
        "request_uri": ["urn:ietf:params:oauth:request_uri:a&b"],
    }


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, b'{"error":"invalid_client"}', ProviderConfigurationError),
        (201, b'{"expires_in":60}', ProviderUnavailableError),
        (201, b'{"request_uri":["a"]}', ProviderUnavailableError),
        (201, b'{"request_uri":"a b"}', ProviderUnavailableError),
        (201, b"<html>", ProviderUnavailableError),
    ],
    ids=["refused", "no reference", "a list", "a space", "a page"],
)
def test_an_answer_without_a_reference_is_an_error(status, body, error):
    with pytest.raises(error):
        process_pushed_response(InboundResponse(status, {}, body), 0.0)
