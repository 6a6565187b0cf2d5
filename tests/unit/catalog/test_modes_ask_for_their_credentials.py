"""What every provider of a mode asks for is in its entry, though no file repeats it."""

import pytest

from carrick.catalog.library import load
from carrick.errors import CarrickError

KEY = 'display_name = "Acme (API key)"\nauth_mode = "API_KEY"\n'
CLIENT = """
display_name = "Acme"
auth_mode = "OAUTH2_CC"
token_url = "https://acme.example/token"
"""


def credentials(write_provider, text):
    return load(write_provider("acme", text)).credentials


def test_an_api_key_is_asked_for_by_the_vendors_name(write_provider):
    key = credentials(write_provider, KEY)["apiKey"]

    assert (key.title, key.secret, key.format) == ("API key", True, "token")
    assert key.description == "From the settings of your Acme account."


def test_a_file_states_only_what_is_different(write_provider):
    text = KEY + '\n[credentials.apiKey]\nformat = "uuid"\n'
    key = credentials(write_provider, text)["apiKey"]

    assert (key.title, key.secret, key.format) == ("API key", True, "uuid")


def test_further_credentials_come_after_those_of_the_mode(write_provider):
    text = KEY + '\n[credentials.region]\ntitle = "Region"\n'

    assert list(credentials(write_provider, text)) == ["apiKey", "region"]


@pytest.mark.parametrize(
    ("further", "asked"),
    [
        ("", ["client_id", "client_secret"]),
        (
            'token_endpoint_auth_method = "private_key_jwt"\n',
            ["client_id", "client_private_key"],
        ),
        (
            "client_certificate_required = true\n",
            ["client_id", "client_secret", "client_certificate", "client_private_key"],
        ),
    ],
)
def test_a_client_is_asked_for_what_it_authenticates_with(write_provider, further, asked):
    assert list(credentials(write_provider, CLIENT + further)) == asked


@pytest.mark.parametrize("name", ["bill", "netsuite-tba", "zendesk-api-key"])
def test_every_secret_of_a_mode_is_a_secret(catalog, name):
    fields = catalog.get(name).credentials

    for field in ("password", "dev_key", "token_secret"):
        assert field not in fields or fields[field].secret


def test_credentials_that_are_no_table_are_told(write_provider):
    with pytest.raises(CarrickError, match="credentials"):
        credentials(write_provider, KEY + 'credentials = "apiKey"\n')


def test_a_provider_of_consent_asks_for_nothing(catalog):
    assert catalog.get("github").credentials == {}
