"""Entries of the catalog as they are packaged, but for their hosts."""

import base64
from urllib.parse import parse_qsl

import pytest

from tests.integration.credentials.conftest import PATHS, PROVIDERS, Forms

GRANT = {"access_token": "canary-secret-token", "expires_in": 3600}
CLIENT = {"client_id": "ada", "client_secret": "canary-secret-own"}
CONCUR = {
    "type": "TWO_STEP",
    "username": "ada",
    "password": "canary-secret-password",
    "clientId": "id",
    "clientSecret": "canary-secret-own",
}


def test_an_api_key(forms: Forms) -> None:
    forms.use_entry("airtable-pat", "API_KEY")
    connection_id = forms.connect(body={"apiKey": "canary-secret-key"})
    shown = forms.tenant.read(connection_id).json()["credentials"]
    assert shown["apiKey"] == "canary-secret-key"


def test_an_api_that_is_open_to_all(forms: Forms) -> None:
    forms.use_entry("unauthenticated", "NONE")
    assert forms.tenant.read(forms.connect(body=None)).json()["credentials"]["type"] == "NONE"


def test_client_credentials_with_a_grant_of_the_providers_own(forms: Forms) -> None:
    forms.use_entry("zoom-cc", "OAUTH2_CC")
    forms.api.answers["POST /oauth/token"] = (200, GRANT)
    forms.connect(body=CLIENT, query="&params[accountId]=a-1")
    (asked,) = forms.api.asked
    assert dict(parse_qsl(asked.body)) == {"grant_type": "account_credentials", "account_id": "a-1"}
    pair = base64.b64encode(b"ada:canary-secret-own").decode()
    assert asked.headers["authorization"] == f"Basic {pair}"


def test_a_password_grant_in_two_steps(forms: Forms) -> None:
    forms.use_entry("sap-concur-password", "TWO_STEP")
    forms.api.answers["POST /oauth2/v0/token"] = (200, GRANT)
    connection_id = forms.connect(body=CONCUR, query="&params[region]=us2")
    (asked,) = forms.api.asked
    assert dict(parse_qsl(asked.body)) == {
        "grant_type": "password",
        "client_id": "id",
        "client_secret": "canary-secret-own",
        "username": "ada",
        "password": "canary-secret-password",
    }
    shown = forms.tenant.read(connection_id).json()["credentials"]
    assert shown["token"] == "canary-secret-token"


@pytest.mark.parametrize("mode", PATHS)
def test_each_mode_has_entries(mode: str) -> None:
    entries = (file.read_text("utf-8") for file in PROVIDERS.glob("*.toml"))
    assert any(f'auth_mode = "{mode}"' in text for text in entries)
