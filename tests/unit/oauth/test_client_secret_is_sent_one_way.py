"""A secret goes where the method says, encoded as RFC 6749 §2.3.1 says, and nowhere else."""

from base64 import b64decode
from urllib.parse import unquote_plus

import pytest

from carrick.oauth.client_auth import Client, ClientAuthMethod, authenticate

SECRET = "canary-secret s%:cr?t+/ü"
METHODS = list(ClientAuthMethod)


def basic_pair(headers: dict[str, str]) -> str:
    scheme, _, text = headers["Authorization"].partition(" ")
    assert scheme == "Basic"
    return b64decode(text).decode()


def test_basic_encodes_each_half_so_that_a_strict_server_reads_it_back():
    headers, params = authenticate(
        Client("id:with colon", SECRET, ClientAuthMethod.CLIENT_SECRET_BASIC)
    )
    user, password = basic_pair(headers).split(":")
    assert (unquote_plus(user), unquote_plus(password)) == ("id:with colon", SECRET)
    assert params == {}


def test_basic_is_plain_for_ids_and_secrets_of_plain_characters():
    headers, _ = authenticate(
        Client("abc-1.2_3", "canary-secret-1", ClientAuthMethod.CLIENT_SECRET_BASIC)
    )
    assert basic_pair(headers) == "abc-1.2_3:canary-secret-1"


def test_raw_basic_joins_the_halves_as_they_are():
    headers, params = authenticate(
        Client("client", SECRET, ClientAuthMethod.CLIENT_SECRET_BASIC_RAW)
    )
    assert basic_pair(headers) == f"client:{SECRET}"
    assert params == {}


def test_post_sends_both_as_parameters_and_no_header():
    headers, params = authenticate(Client("client", SECRET, ClientAuthMethod.CLIENT_SECRET_POST))
    assert headers == {}
    assert params == {"client_id": "client", "client_secret": SECRET}


def test_a_public_client_names_itself_and_sends_no_secret_even_if_it_has_one():
    assert authenticate(Client("client", SECRET, ClientAuthMethod.NONE)) == (
        {},
        {"client_id": "client"},
    )


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_secret_is_never_sent(method):
    assert authenticate(Client("client", "", method)) == ({}, {"client_id": "client"})


@pytest.mark.parametrize("method", METHODS)
def test_the_secret_is_not_in_the_repr(method):
    assert "canary-secret" not in repr(Client("client", SECRET, method))
