"""A registered client is one that Carrick can be, or none (RFC 7591 §3.2)."""

import json

import pytest

from carrick.errors import ProviderConfigurationError, ProviderUnavailableError
from carrick.models.http import InboundResponse
from carrick.oauth.registration import preferred_method, process_registration_response

SECRET = "canary-secret-made"


def processed(status: int, asked: str = "client_secret_post", **members):
    body = json.dumps(members).encode()
    return process_registration_response(InboundResponse(status, {}, body), asked, 0.0)


@pytest.mark.parametrize(
    ("members", "client"),
    [
        ({"client_id": "a", "client_secret": SECRET}, ("a", SECRET, "client_secret_post")),
        (
            {
                "client_id": "a",
                "client_secret": SECRET,
                "token_endpoint_auth_method": "client_secret_basic",
            },
            ("a", SECRET, "client_secret_basic"),
        ),
        ({"client_id": "a", "token_endpoint_auth_method": "none"}, ("a", "", "none")),
        (
            {"client_id": "a", "client_secret": SECRET, "token_endpoint_auth_method": "none"},
            ("a", "", "none"),
        ),
    ],
    ids=["as asked", "changed", "public", "public with a secret"],
)
def test_the_server_has_the_last_word(members, client):
    made = processed(201, **members)
    assert (made.client_id, made.client_secret, made.token_endpoint_auth_method) == client


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"client_id": ""},
        {"client_id": 7},
        {"client_id": "a\nb", "client_secret": SECRET},
        {"client_id": "a"},
        {"client_id": "a", "client_secret": ["x"]},
        {"client_id": "a", "token_endpoint_auth_method": "tls_client_auth"},
    ],
)
def test_a_client_that_could_not_authenticate_is_none(members):
    with pytest.raises(ProviderUnavailableError):
        processed(201, **members)


def test_a_refusal_is_for_the_customer_to_mend():
    with pytest.raises(ProviderConfigurationError):
        processed(401, error="invalid_client")


@pytest.mark.parametrize(
    ("supported", "method"),
    [
        (("client_secret_post", "client_secret_basic"), "client_secret_basic"),
        (("none", "client_secret_post"), "client_secret_post"),
        (("none",), "none"),
        (("private_key_jwt",), None),
    ],
)
def test_a_secret_is_preferred_to_none(supported, method):
    assert preferred_method(supported) == method
