"""Entries of the catalog as they are packaged, but for their hosts."""

import base64
import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

import carrick.catalog
from tests.integration.credentials.conftest import PATHS, Forms

PROVIDERS = Path(carrick.catalog.__file__).parent / "providers"
GRANT = {"access_token": "canary-secret-token", "expires_in": 3600}
CLIENT = {"client_id": "ada", "client_secret": "canary-secret-own"}
CONCUR = {
    "type": "TWO_STEP",
    "username": "ada",
    "password": "canary-secret-password",
    "clientId": "id",
    "clientSecret": "canary-secret-own",
}


def use(forms: Forms, name: str, mode: str) -> None:
    """The entry ``name``, at the scripted API."""
    text = (PROVIDERS / f"{name}.toml").read_text("utf-8")
    assert f'auth_mode = "{mode}"' in text
    text = re.sub(r'"https://[^/"]+', f'"{forms.api.url}', text)
    (forms.folder / f"{name}.toml").write_text(text, "utf-8")
    forms.mode = mode
    body = {"provider": name, "unique_key": "test"}
    answer = forms.tenant.call("POST", "/integrations", body)
    assert answer.status == 200, answer.text


def test_an_api_key(forms: Forms) -> None:
    use(forms, "airtable-pat", "API_KEY")
    connection_id = forms.connect(body={"apiKey": "canary-secret-key"})
    shown = forms.tenant.read(connection_id).json()["credentials"]
    assert shown["apiKey"] == "canary-secret-key"


def test_an_api_that_is_open_to_all(forms: Forms) -> None:
    use(forms, "unauthenticated", "NONE")
    assert forms.tenant.read(forms.connect(body=None)).json()["credentials"]["type"] == "NONE"


def test_client_credentials_with_a_grant_of_the_providers_own(forms: Forms) -> None:
    use(forms, "zoom-cc", "OAUTH2_CC")
    forms.api.answers["POST /oauth/token"] = (200, GRANT)
    forms.connect(body=CLIENT, query="&params[accountId]=a-1")
    (asked,) = forms.api.asked
    assert dict(parse_qsl(asked.body)) == {"grant_type": "account_credentials", "account_id": "a-1"}
    pair = base64.b64encode(b"ada:canary-secret-own").decode()
    assert asked.headers["authorization"] == f"Basic {pair}"


def test_a_password_grant_in_two_steps(forms: Forms) -> None:
    use(forms, "sap-concur-password", "TWO_STEP")
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
